/**
 * Synod and etcd under the same loads, in turn: {@link io.synod.bench.compare.Contest} measures,
 * {@link io.synod.bench.compare.ComparisonReport} holds what came of it, and one type for each form
 * writes it: text, Markdown, JSON, SVG.
 */
@NullMarked
package io.synod.bench.compare;

import org.jspecify.annotations.NullMarked;
