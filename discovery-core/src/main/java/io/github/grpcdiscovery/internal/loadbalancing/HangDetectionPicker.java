package io.github.grpcdiscovery.internal.loadbalancing;

import java.net.SocketAddress;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelPicker;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.internal.retry.LostServer;

/** Picks once more where a server is ejected. Any thread. */
final class HangDetectionPicker extends SubchannelPicker {

	private final SubchannelPicker delegate;

	private final HangDetector detector;

	HangDetectionPicker(SubchannelPicker delegate, HangDetector detector) {
		this.delegate = delegate;
		this.detector = detector;
	}

	@Override
	public PickResult pickSubchannel(PickSubchannelArgs args) {
		PickResult picked = this.delegate.pickSubchannel(args);
		if (!this.detector.isEnabled() || !(picked.getSubchannel() instanceof TrackedSubchannel server)) {
			return picked;
		}
		SocketAddress lost = args.getCallOptions().getOption(LostServer.ADDRESS);
		if (!server.isEjected() && !server.isAt(lost)) {
			return server.traced(picked);
		}
		return pickAnother(args, lost, server.isEjected() ? picked : server.traced(picked));
	}

	private PickResult pickAnother(PickSubchannelArgs args, @Nullable SocketAddress lost, PickResult picked) {
		PickResult least = picked;
		for (int i = this.detector.retries(); i > 0; i--) {
			PickResult next = this.delegate.pickSubchannel(args);
			if (next.getSubchannel() instanceof TrackedSubchannel server && !server.isEjected()) {
				least = server.traced(next);
				if (!server.isAt(lost)) {
					break;
				}
			}
		}
		return least;
	}

	@Override
	public String toString() {
		return "HangDetectionPicker[" + this.delegate + "]";
	}

}
