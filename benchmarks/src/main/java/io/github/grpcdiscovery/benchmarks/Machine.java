package io.github.grpcdiscovery.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import io.github.grpcdiscovery.testsupport.RegistryBinaries;

/**
 * What a figure depends on besides the code.
 */
final class Machine {

	private Machine() {
	}

	/**
	 * Describes the machine and the programs on it.
	 * @return names and values, in the order to show them
	 */
	static Map<String, String> describe() {
		Map<String, String> machine = new LinkedHashMap<>();
		machine.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
		machine.put("processor", valueIn(Path.of("/proc/cpuinfo"), "model name"));
		machine.put("memory", valueIn(Path.of("/proc/meminfo"), "MemTotal"));
		machine.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
		machine.put("JDK", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
		machine.put("etcd", version(RegistryBinaries.etcd(), "--version", "etcd Version:"));
		machine.put("Consul", version(RegistryBinaries.consul(), "version", "Consul v"));
		machine.put("commit", System.getProperty("benchmarks.commit", "unknown"));
		machine.put("begun", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
		double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
		machine.put("load average before", String.format(Locale.ROOT, "%.2f", load));
		machine.values().removeIf((value) -> value.equals("unknown") || value.equals("null"));
		return machine;
	}

	private static String valueIn(Path file, String key) {
		try {
			for (String line : Files.readAllLines(file)) {
				int colon = line.indexOf(':');
				if (colon > 0 && line.substring(0, colon).strip().equals(key)) {
					return line.substring(colon + 1).strip();
				}
			}
		}
		catch (IOException ex) {
			return "unknown";
		}
		return "unknown";
	}

	private static String version(Path program, String argument, String before) {
		try {
			Process process = new ProcessBuilder(program.toString(), argument).redirectErrorStream(true).start();
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			return output.lines().findFirst().orElse("unknown").replace(before, "").strip();
		}
		catch (IOException ex) {
			return "unknown";
		}
	}

}
