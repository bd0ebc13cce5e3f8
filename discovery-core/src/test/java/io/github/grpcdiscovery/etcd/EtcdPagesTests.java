package io.github.grpcdiscovery.etcd;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

class EtcdPagesTests {

	private static final int MAX_MESSAGE = 4_000;

	/** Sizes of values by key. */
	private final TreeMap<String, Integer> store = new TreeMap<>();

	private final List<GetOption> asked = new ArrayList<>();

	private int maxMessage = MAX_MESSAGE;

	private long revision = 7;

	private Throwable error;

	@Test
	void manySmallValuesAreReadInPagesAtOneRevision() {
		put(0, 1200, 1);
		EtcdListing listing = read();
		assertThat(listing.records()).hasSize(1200);
		assertThat(listing.revision()).isEqualTo(7);
		assertThat(this.asked).extracting(GetOption::getLimit).containsExactly(500L, 500L, 500L);
		assertThat(this.asked).extracting(GetOption::getRevision).containsExactly(0L, 7L, 7L);
	}

	@Test
	@Proves("I45")
	void pagesThatAreTooBigBecomeSmaller() {
		put(0, 30, 1400);
		EtcdListing listing = read();
		assertThat(keys(listing)).containsExactlyElementsOf(this.store.keySet());
		assertThat(listing.tooBig()).isEmpty();
		assertThat(this.asked).hasSizeLessThan(60);
	}

	@Test
	void pagesGrowAgainBehindBigValues() {
		put(0, 3, 1400);
		put(3, 1003, 1);
		assertThat(read().records()).hasSize(1003);
		assertThat(this.asked).hasSizeLessThan(30);
	}

	@Test
	void valueThatIsTooBigByItselfIsLeftOut() {
		put(0, 10, 1);
		this.store.put("p/0005", 5_000);
		EtcdListing listing = read();
		assertThat(listing.records()).hasSize(9);
		assertThat(listing.tooBig()).isEqualTo(Map.of("p/0005", 3L));
	}

	@Test
	void valueThatIsTooBigByItselfMayBeTheLast() {
		this.store.put("p/0005", 5_000);
		assertThat(read().tooBig()).containsOnlyKeys("p/0005");
	}

	@Test
	@Proves("F73")
	void valueThatIsTooBigForAnInstanceIsNotKept() {
		this.maxMessage = 10 * Json.MAX_BYTES;
		this.store.put("p/1", Json.MAX_BYTES);
		this.store.put("p/2", Json.MAX_BYTES + 1);
		EtcdListing listing = read();
		assertThat(keys(listing)).containsExactly("p/1");
		assertThat(listing.tooBig()).isEqualTo(Map.of("p/2", 3L));
	}

	@Test
	@Proves("F73")
	void keysThatAreNoTextCountEach() {
		ByteSequence one = ByteSequence.from(new byte[] { 'p', '/', (byte) 0xFE });
		ByteSequence two = ByteSequence.from(new byte[] { 'p', '/', (byte) 0xFF });
		assertThat(EtcdKeys.text(one)).isEqualTo("p/\uFFFD\uFFFD702ffe").isNotEqualTo(EtcdKeys.text(two));
		assertThat(EtcdKeys.id("p/", EtcdKeys.text(one))).isNull();
		assertThat(EtcdKeys.text(JetcdClient.bytes("p/ä🚀"))).isEqualTo("p/ä🚀");
	}

	@Test
	void anyOtherErrorIsTheEnd() {
		this.error = new RegistryException("gone", Status.UNAVAILABLE.asRuntimeException());
		assertThat(new EtcdPages(this::get, "p/").read()).isCompletedExceptionally();
		assertThat(this.asked).hasSize(1);
	}

	@Test
	void etcdThatRefusesEvenAKeyIsTheEnd() {
		this.error = new RegistryException("busy", Status.RESOURCE_EXHAUSTED.asRuntimeException());
		assertThat(new EtcdPages(this::get, "p/").read()).isCompletedExceptionally();
		assertThat(this.asked).hasSizeLessThan(12);
	}

	private void put(int from, int to, int size) {
		for (int i = from; i < to; i++) {
			this.store.put("p/%04d".formatted(i), size);
		}
	}

	private EtcdListing read() {
		CompletionStage<EtcdListing> listing = new EtcdPages(this::get, "p/").read();
		return listing.toCompletableFuture().join();
	}

	private static List<String> keys(EtcdListing listing) {
		return listing.records()
			.stream()
			.map(EtcdRecord::key)
			.sorted(Comparator.naturalOrder())
			.collect(Collectors.toList());
	}

	private CompletionStage<GetResponse> get(ByteSequence from, GetOption option) {
		this.asked.add(option);
		if (this.error != null) {
			return CompletableFuture.failedFuture(this.error);
		}
		RangeResponse.Builder response = RangeResponse.newBuilder()
			.setHeader(ResponseHeader.newBuilder().setRevision(this.revision++).setClusterId(1));
		int size = 0;
		for (Map.Entry<String, Integer> entry : this.store.tailMap(from.toString()).entrySet()) {
			if (response.getKvsCount() == option.getLimit()) {
				response.setMore(true);
				break;
			}
			size += option.isKeysOnly() ? 0 : entry.getValue();
			KeyValue.Builder keyValue = KeyValue.newBuilder()
				.setKey(ByteString.copyFromUtf8(entry.getKey()))
				.setModRevision(3);
			response.addKvs(option.isKeysOnly() ? keyValue
					: keyValue.setValue(ByteString.copyFrom(new byte[entry.getValue()])));
		}
		if (size > this.maxMessage) {
			return CompletableFuture
				.failedFuture(new RegistryException("too big", Status.RESOURCE_EXHAUSTED.asRuntimeException()));
		}
		return CompletableFuture.completedFuture(new GetResponse(response.build(), ByteSequence.EMPTY));
	}

}
