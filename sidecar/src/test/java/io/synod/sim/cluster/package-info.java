/**
 * The simulated cluster: hosts with clocks and disks, the production node in processes on them,
 * links and transport, the event queue with the simulated time, and {@code World}, which shows all
 * of that to faults, clients and checks. It knows those only as {@code Surroundings} and {@code
 * InputMutant}. May import run, check and disk.
 */
@NullMarked
package io.synod.sim.cluster;

import org.jspecify.annotations.NullMarked;
