package io.github.grpcdiscovery.benchmarks.balancing;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.LongStream;

import io.grpc.CallOptions;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;

import io.github.grpcdiscovery.benchmarks.EchoServer;

/**
 * A number of calls as fast as they are answered, so many of them at a time.
 */
final class ClosedLoop {

	private static final byte[] REQUEST = {};

	private final Client client;

	private final AtomicInteger left;

	private final AtomicLongArray counts;

	private final CountDownLatch running;

	private ClosedLoop(Client client, int calls, int atATime) {
		this.client = client;
		this.left = new AtomicInteger(calls);
		this.counts = new AtomicLongArray(client.servers().size());
		this.running = new CountDownLatch(atATime);
	}

	/**
	 * Makes the calls.
	 * @param client who calls
	 * @param calls how many
	 * @param atATime how many are in flight
	 * @return the part of the calls that each server answered
	 */
	static double[] shares(Client client, int calls, int atATime) throws InterruptedException {
		ClosedLoop loop = new ClosedLoop(client, calls, atATime);
		for (int i = 0; i < atATime; i++) {
			loop.next();
		}
		loop.running.await();
		List<ProgrammableServer> servers = client.servers();
		return CallLog.shares(LongStream.range(0, servers.size()).map((i) -> loop.counts.get((int) i)).toArray());
	}

	private void next() {
		if (this.left.getAndDecrement() <= 0) {
			this.running.countDown();
			return;
		}
		ClientCalls.asyncUnaryCall(this.client.channel().newCall(EchoServer.METHOD, CallOptions.DEFAULT), REQUEST,
				new StreamObserver<byte[]>() {

					@Override
					public void onNext(byte[] answer) {
						ClosedLoop.this.counts.incrementAndGet(EchoServer.number(answer));
					}

					@Override
					public void onError(Throwable error) {
						ClosedLoop.this.next();
					}

					@Override
					public void onCompleted() {
						ClosedLoop.this.next();
					}

				});
	}

}
