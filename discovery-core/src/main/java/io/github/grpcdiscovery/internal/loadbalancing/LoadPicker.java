package io.github.grpcdiscovery.internal.loadbalancing;

import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelPicker;

import io.github.grpcdiscovery.internal.retry.LostServer;

/** Gives each call to a server of the present {@link Shares}. Any thread. */
final class LoadPicker extends SubchannelPicker {

	private final Supplier<Shares> shares;

	private final LongSupplier nanoTime;

	/**
	 * Creates the picker of a channel.
	 * @param shares the present ones, of which at least one server has some
	 * @param nanoTime monotonic clock in nanoseconds
	 */
	LoadPicker(Supplier<Shares> shares, LongSupplier nanoTime) {
		this.shares = shares;
		this.nanoTime = nanoTime;
	}

	@Override
	public PickResult pickSubchannel(PickSubchannelArgs args) {
		return this.shares.get()
			.choose(this.nanoTime, args.getCallOptions().getOption(LostServer.ADDRESS))
			.pick(args.getMethodDescriptor());
	}

}
