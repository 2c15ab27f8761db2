package io.synod.api.call;

/**
 * What this sidecar calls itself in its answers.
 *
 * @param cluster the name of the cluster
 * @param version the version of the sidecar
 */
public record ServerIdentity(String cluster, String version) {}
