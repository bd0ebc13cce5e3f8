package io.github.grpcdiscovery.samples.client;

import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;

import io.grpc.StatusRuntimeException;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.ExitCodeGenerator;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

import io.github.grpcdiscovery.samples.api.GetTagListRequest;

/**
 * {@code --calls=N}: calls N times, one after the other, and prints who answered. Exit
 * code 0 if all calls were answered, 1 if one failed, 2 if N is no such number.
 */
@Component
@ConditionalOnProperty("calls")
class ConsoleCalls implements ApplicationRunner, ExitCodeGenerator {

	private static final int MAX = 1_000_000;

	private final String calls;

	private final TagServiceClient client;

	private final PrintStream out;

	private final Map<String, Integer> answers = new TreeMap<>();

	private final Map<String, Integer> failures = new TreeMap<>();

	private int exitCode;

	@Autowired
	ConsoleCalls(@Value("${calls}") String calls, TagServiceClient client) {
		this(calls, client, System.out);
	}

	ConsoleCalls(String calls, TagServiceClient client, PrintStream out) {
		this.calls = calls;
		this.client = client;
		this.out = out;
	}

	@Override
	public void run(ApplicationArguments arguments) {
		int wanted;
		try {
			wanted = number(this.calls);
		}
		catch (IllegalArgumentException ex) {
			this.out.println(ex.getMessage());
			this.exitCode = 2;
			return;
		}
		if (foundServer()) {
			for (int i = 0; i < wanted; i++) {
				call();
			}
			print(wanted);
		}
		this.exitCode = this.failures.isEmpty() ? 0 : 1;
	}

	private static int number(String text) {
		if (text.matches("[1-9]\\d{0,6}") && Integer.parseInt(text) <= MAX) {
			return Integer.parseInt(text);
		}
		throw new IllegalArgumentException("--calls: '%s' (expected: a number from 1 to %d)".formatted(text, MAX));
	}

	/** The first call waits for a server, and is not counted. */
	private boolean foundServer() {
		try {
			this.client.sayHello("World");
			return true;
		}
		catch (StatusRuntimeException ex) {
			this.out
				.println("No server answered: " + ex.getStatus().getCode() + ": " + ex.getStatus().getDescription());
			this.failures.merge(String.valueOf(ex.getStatus()), 1, Integer::sum);
			return false;
		}
	}

	private void call() {
		try {
			String servedBy = this.client.getTagList(GetTagListRequest.getDefaultInstance()).getServedBy();
			this.answers.merge(servedBy, 1, Integer::sum);
		}
		catch (StatusRuntimeException ex) {
			String failure = ex.getStatus().getCode() + ": " + ex.getStatus().getDescription();
			this.failures.merge(failure, 1, Integer::sum);
		}
	}

	private void print(int wanted) {
		int failed = this.failures.values().stream().mapToInt(Integer::intValue).sum();
		this.out.printf("%d calls of tag-service: %d answered, %d failed%n%n", wanted, wanted - failed, failed);
		this.out.printf("  calls  share  served by%n");
		this.answers.forEach((servedBy, count) -> this.out.printf("%7d  %4d%%  %s%n", count,
				Math.round(100.0 * count / wanted), servedBy));
		this.failures.forEach((failure, count) -> this.out.printf("%7d  %4d%%  failed: %s%n", count,
				Math.round(100.0 * count / wanted), failure));
	}

	@Override
	public int getExitCode() {
		return this.exitCode;
	}

}
