/**
 * The simulated cluster: hosts with clocks and disks, the shipped node in processes that turn on
 * them, links and transport, the event queue that is their time, and {@code World}, which shows all
 * of that to faults, clients and checks. It knows these as {@code Surroundings} and {@code
 * InputMutant} only. May import run, check and disk.
 */
@NullMarked
package io.synod.sim.cluster;

import org.jspecify.annotations.NullMarked;
