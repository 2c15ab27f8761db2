package io.synod.api;

import io.synod.runtime.Node;

/** What every service works with. */
record Desk(Node node, Infos infos, Workers workers) {}
