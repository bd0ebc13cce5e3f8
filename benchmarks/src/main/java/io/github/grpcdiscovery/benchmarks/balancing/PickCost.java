package io.github.grpcdiscovery.benchmarks.balancing;

import java.lang.management.ManagementFactory;
import java.util.Arrays;

import com.sun.management.ThreadMXBean;
import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.Status;

/**
 * What a pick costs.
 *
 * @param nanos nanoseconds of a pick alone
 * @param bytes what a pick alone allocates
 * @param callNanos nanoseconds of a pick and of all that its tracer does for a call
 * @param callBytes what these allocate
 */
record PickCost(double nanos, double bytes, double callNanos, double callBytes) {

	private static final int BATCHES = 10;

	private static final int IN_FLIGHT = 8;

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private static final ClientStreamTracer NONE = new ClientStreamTracer() {
	};

	// written so that no pick can be left out
	private static volatile Object last = NONE;

	static PickCost measure(PickedPolicy policy, int picks) {
		int batch = picks / BATCHES;
		Task pick = () -> pick(policy, batch);
		Task call = () -> call(policy, batch);
		cost(pick); // to warm up
		cost(call);
		double[] ofPick = cost(pick);
		double[] ofCall = cost(call);
		return new PickCost(ofPick[0] / batch, ofPick[1] / batch, ofCall[0] / batch, ofCall[1] / batch);
	}

	// median time of a batch, and median of what one allocated
	private static double[] cost(Task task) {
		long[] times = new long[BATCHES];
		long[] allocated = new long[BATCHES];
		for (int i = 0; i < BATCHES; i++) {
			long bytes = THREADS.getCurrentThreadAllocatedBytes();
			long start = System.nanoTime();
			last = task.run();
			times[i] = System.nanoTime() - start;
			allocated[i] = THREADS.getCurrentThreadAllocatedBytes() - bytes;
		}
		Arrays.sort(times);
		Arrays.sort(allocated);
		return new double[] { times[BATCHES / 2], allocated[BATCHES / 2] };
	}

	private static Object pick(PickedPolicy policy, int picks) {
		SubchannelPicker picker = policy.picker();
		PickResult result = null;
		int failed = 0;
		for (int i = 0; i < picks; i++) {
			result = picker.pickSubchannel(policy);
			if (result.getSubchannel() == null) {
				failed++;
			}
		}
		if (failed > 0) {
			throw new IllegalStateException(failed + " of " + picks + " picks found no server: " + result);
		}
		return result;
	}

	private static Object call(PickedPolicy policy, int calls) {
		SubchannelPicker picker = policy.picker();
		ClientStreamTracer[] inFlight = new ClientStreamTracer[IN_FLIGHT];
		Arrays.fill(inFlight, NONE);
		ClientStreamTracer.StreamInfo info = ClientStreamTracer.StreamInfo.newBuilder().build();
		for (int i = 0; i < calls; i++) {
			ClientStreamTracer.Factory tracers = picker.pickSubchannel(policy).getStreamTracerFactory();
			ClientStreamTracer tracer = (tracers != null) ? tracers.newClientStreamTracer(info, policy.getHeaders())
					: NONE;
			tracer.streamCreated(Attributes.EMPTY, policy.getHeaders());
			tracer.outboundHeaders();
			tracer.outboundMessage(0);
			ClientStreamTracer before = inFlight[i % IN_FLIGHT];
			before.inboundHeaders(policy.getHeaders());
			before.inboundMessage(0);
			before.inboundTrailers(policy.getHeaders());
			before.streamClosed(Status.OK);
			inFlight[i % IN_FLIGHT] = tracer;
		}
		for (ClientStreamTracer tracer : inFlight) {
			tracer.streamClosed(Status.OK);
		}
		return inFlight;
	}

	/** One batch. */
	private interface Task {

		Object run();

	}

}
