package io.synod.api.call;

/**
 * The cluster's name and the sidecar's version, as answers report them.
 *
 * @param cluster the name of the cluster
 * @param version the version of the sidecar
 */
public record ServerIdentity(String cluster, String version) {}
