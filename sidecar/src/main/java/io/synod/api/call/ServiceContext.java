package io.synod.api.call;

import io.synod.runtime.node.Node;

/** What every service works with. */
public record ServiceContext(Node node, ResponseInfos infos, WorkerThreads workers) {}
