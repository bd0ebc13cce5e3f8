package io.github.grpcdiscovery.faults;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/**
 * Keys and values that stand below a service in etcd and are no instance: other
 * frameworks' formats, mistakes and malice. The same ones for the same seed.
 */
final class OddValues {

	private static final String GOOD = "{\"Addr\":\"127.0.0.1:1\"}";

	/** Size of a value that fills most of a request to etcd. */
	private static final int HUGE = 1_000_000;

	private static final List<String> TEXTS = List.of(
			// go-zero, kratos, kitex, Nacos-like, a URL, XML
			"10.0.0.%d:8080",
			"{\"id\":\"%d\",\"name\":\"echo\",\"version\":\"v1\",\"metadata\":{},\"endpoints\":[\"grpc://127.0.0.1:1\"]}",
			"{\"network\":\"tcp\",\"address\":\"127.0.0.1:1\",\"weight\":%d,\"tags\":null}",
			"{\"ip\":\"127.0.0.1\",\"port\":%d,\"healthy\":true}", "grpc://127.0.0.1:%d", "<instance id=\"%d\"/>",
			// JSON that is no object
			"null", "[]", "[{\"Addr\":\"127.0.0.1:1\"}]", "%d", "true", "\"127.0.0.1:%d\"", "", " ",
			// broken JSON
			"{\"Addr\":\"127.0.0.1:%d", "{\"Addr\":\"127.0.0.1:1\"}{\"n\":%d}", "{'Addr':'127.0.0.1:1'}",
			"\uFEFF{\"Addr\":\"127.0.0.1:1\"}", "{\"Addr\":\"127.0.0.1:1\",\"Addr\":\"127.0.0.1:%d\"}",
			"{\"Addr\":\"127.0.0.1:1\",\"Metadata\":{\"weight\":NaN}}",
			"{\"Addr\":\"127.0.0.1:1\",\"Metadata\":{\"weight\":1" + "0".repeat(400) + "}}",
			"{\"Addr\":\"127.0.0.1:1\",\"Metadata\":" + "[".repeat(3000) + "]".repeat(3000) + "}",
			"{\"Addr\":\"127.0.0.1:1\",\"Metadata\":{\"" + "k".repeat(2000) + "\":%d}}", "\u0000%d",
			"{\"Addr\":\"127.0.0.1:1\",\"pad\":\"" + "x".repeat(20_000) + "\"}",
			// no address, or one that must not be called
			"{}", "{\"Op\":0}", "{\"Addr\":null}", "{\"Addr\":%d}", "{\"Addr\":{\"host\":\"127.0.0.1\"}}",
			"{\"Addr\":\"\"}", "{\"Addr\":\"127.0.0.1\"}", "{\"Addr\":\":%d\"}", "{\"Addr\":\"127.0.0.1:0\"}",
			"{\"Addr\":\"127.0.0.1:70000\"}", "{\"Addr\":\"127.0.0.1:-%d\"}", "{\"Addr\":\"http://127.0.0.1:1\"}",
			"{\"Addr\":\"0.0.0.0:%d\"}", "{\"Addr\":\"[::]:%d\"}", "{\"Addr\":\"169.254.169.254:80\"}",
			"{\"Addr\":\"224.0.0.1:%d\"}", "{\"Addr\":\"::1:%d\"}", "{\"Addr\":\"300.1.1.1:80\"}",
			"{\"Addr\":\"a b:80\"}", "{\"Addr\":\"x\\nERROR forged:80\"}", "{\"Addr\":\"" + "h".repeat(300) + ":80\"}",
			"{\"Op\":\"put\",\"Addr\":\"127.0.0.1:1\"}", "{\"Op\":-1,\"Addr\":\"127.0.0.1:1\"}");

	private final Random random;

	private int made;

	OddValues(long seed) {
		this.random = new Random(seed);
	}

	/** Another one, whose key no earlier one has. */
	Odd next() {
		int n = this.made++;
		if (n < 4) {
			return new Odd(bytes("echo/huge" + n), "z".repeat(HUGE).getBytes(StandardCharsets.UTF_8));
		}
		return switch (this.random.nextInt(10)) {
			case 0 -> new Odd(oddKey(n), bytes(GOOD));
			case 1 -> new Odd(notUtf8(n), bytes(GOOD));
			case 2 -> new Odd(bytes("echo/" + n), randomBytes());
			default -> new Odd(bytes("echo/" + n), value());
		};
	}

	private byte[] oddKey(int n) {
		String key = switch (this.random.nextInt(6)) {
			case 0 -> "echo//" + n;
			case 1 -> "echo/" + n + "/";
			case 2 -> "echo/a/b/c/" + n;
			case 3 -> "echo///" + n + "//";
			case 4 -> "echo/\r\nERROR forged/" + n;
			default -> "echo/" + n + "/" + "k".repeat(3000);
		};
		return bytes(key);
	}

	private static byte[] notUtf8(int n) {
		ByteArrayOutputStream key = new ByteArrayOutputStream();
		key.writeBytes(bytes("echo/"));
		// digits of a number to the base of 32, each a byte that no character begins with
		for (int rest = n; rest > 0; rest >>= 5) {
			key.write(0x80 + (rest & 31));
		}
		return key.toByteArray();
	}

	private byte[] randomBytes() {
		byte[] bytes = new byte[1 + this.random.nextInt(64)];
		this.random.nextBytes(bytes);
		bytes[0] = (byte) 0xC0;
		return bytes;
	}

	private byte[] value() {
		String text = TEXTS.get(this.random.nextInt(TEXTS.size()));
		return bytes(text.replace("%d", String.valueOf(1 + this.random.nextInt(200))));
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * A key and its value.
	 */
	record Odd(byte[] key, byte[] value) {

		boolean huge() {
			return this.value.length == HUGE;
		}

	}

}
