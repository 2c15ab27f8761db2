package io.synod.api.call;

import io.synod.runtime.node.Node;

/** The node, answers and threads that every service uses. */
public record ServiceContext(Node node, ResponseInfos infos, WorkerThreads workers) {}
