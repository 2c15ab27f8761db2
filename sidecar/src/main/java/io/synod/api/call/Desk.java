package io.synod.api.call;

import io.synod.runtime.node.Node;

/** What every service works with. */
public record Desk(Node node, Infos infos, Workers workers) {}
