package io.github.grpcdiscovery.benchmarks;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.kv.PutResponse;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.PutOption;

/**
 * What writes to etcd in a measurement: a plain jetcd program that knows nothing of us.
 */
public final class Etcd implements AutoCloseable {

	private static final int OPERATIONS_IN_ONE_TRANSACTION = 100;

	private static final Duration DEADLINE = Duration.ofSeconds(30);

	private final Client client;

	/**
	 * Connects.
	 * @param endpoint where etcd listens
	 */
	public Etcd(URI endpoint) {
		this.client = Client.builder().endpoints(endpoint).build();
	}

	/**
	 * Puts an instance, in the format of grpc-go.
	 * @param service name of the service
	 * @param address its {@code host:port}
	 * @return completes when etcd has confirmed
	 */
	public CompletableFuture<PutResponse> put(String service, String address) {
		return put(service, address, 100);
	}

	/**
	 * Puts an instance with a weight.
	 */
	public CompletableFuture<PutResponse> put(String service, String address, int weight) {
		return this.client.getKVClient().put(bytes(key(service, address)), bytes(value(address, weight)));
	}

	/**
	 * Puts many instances and waits for it.
	 */
	public void putAll(String service, List<String> addresses) {
		List<Op> operations = new ArrayList<>();
		for (String address : addresses) {
			operations.add(Op.put(bytes(key(service, address)), bytes(value(address, 100)), PutOption.DEFAULT));
			if (operations.size() == OPERATIONS_IN_ONE_TRANSACTION) {
				commit(operations);
			}
		}
		commit(operations);
	}

	private void commit(List<Op> operations) {
		if (!operations.isEmpty()) {
			await(this.client.getKVClient().txn().Then(operations.toArray(Op[]::new)).commit());
			operations.clear();
		}
	}

	/**
	 * Deletes an instance and waits for it.
	 */
	public void delete(String service, String address) {
		await(this.client.getKVClient().delete(bytes(key(service, address))));
	}

	/**
	 * Deletes all instances of a service and waits for it.
	 */
	public void deleteAll(String service) {
		await(this.client.getKVClient().delete(bytes(service + "/"), DeleteOption.builder().isPrefix(true).build()));
	}

	/**
	 * Waits for an answer, with a deadline.
	 */
	public static <T> T await(CompletableFuture<T> call) {
		try {
			return call.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
		catch (Exception ex) {
			throw new IllegalStateException("no answer within " + DEADLINE, ex);
		}
	}

	private static String key(String service, String address) {
		return service + "/" + address;
	}

	private static String value(String address, int weight) {
		return "{\"Op\":0,\"Addr\":\"" + address
				+ "\",\"Metadata\":{\"zone\":\"eu-1a\",\"version\":\"1.4.2\",\"weight\":" + weight + "}}";
	}

	/**
	 * Text as etcd holds it.
	 */
	public static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

	@Override
	public void close() {
		this.client.close();
	}

}
