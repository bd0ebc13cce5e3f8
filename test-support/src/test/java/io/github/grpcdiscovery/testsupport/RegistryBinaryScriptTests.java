package io.github.grpcdiscovery.testsupport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code tools/registry-binary} takes, from where, with a Go that makes up binaries.
 */
class RegistryBinaryScriptTests {

	private static final String ETCD = "#!/bin/sh%necho 'etcd Version: %s'%n";

	@TempDir
	private Path directory;

	private final Map<String, String> environment = new HashMap<>();

	@BeforeEach
	void noVariableHolds() throws IOException {
		Files.createDirectory(this.directory.resolve("path"));
		for (String variable : List.of("ETCD_BINARY", "ETCDCTL_BINARY", "CONSUL_BINARY")) {
			this.environment.put(variable, "");
		}
		this.environment.put("GRPC_DISCOVERY_CACHE", this.directory.resolve("cache").toString());
		this.environment.put("PATH", this.directory.resolve("path") + ":/usr/bin:/bin");
	}

	@Test
	void versionIsBuiltOnceByGoFromTheModuleThatIsCheckedIn() throws IOException {
		fakeGo("3.6.16");
		CommandResult first = script("etcd@3.6.16");
		assertThat(first.standardOutput().strip()).isEqualTo(cached("etcd-3.6.16/etcd"));
		assertThat(goes()).hasSize(2)
			.allMatch((line) -> line.startsWith("tools/registries/etcd-3.6.16 build -mod=readonly -trimpath"));
		CommandResult second = script("etcd@3.6.16");
		assertThat(second.standardOutput()).isEqualTo(first.standardOutput());
		assertThat(second.standardError()).isEmpty();
		assertThat(goes()).hasSize(2);
	}

	@Test
	void withoutAVersionItIsTheNewest() throws IOException {
		fakeGo("3.7.3");
		assertThat(script("etcd").standardOutput().strip()).isEqualTo(cached("etcd-3.7.3/etcd"));
	}

	@Test
	void binaryThatIsAnotherVersionThanItsModuleIsAnError() throws IOException {
		fakeGo("3.6.1");
		CommandResult result = script("etcd@3.6.16");
		assertThat(result.exitCode()).isEqualTo(1);
		assertThat(result.standardError()).contains("etcd '3.6.1' (expected: 3.6.16)");
		assertThat(this.directory.resolve("cache/etcd-3.6.16")).doesNotExist();
	}

	@Test
	void versionThatCannotBeBuiltIsAnErrorThatNamesTheChoices() throws IOException {
		executable("path/go", "#!/bin/sh\necho 'proxy.example is away' >&2\nexit 1\n");
		CommandResult result = script("etcd@3.6.16");
		assertThat(result.exitCode()).isEqualTo(1);
		assertThat(result.standardOutput()).isEmpty();
		assertThat(result.standardError()).contains("proxy.example is away", "3.4.23 (package), 3.5.35, 3.6.16, 3.7.3",
				"ETCD_BINARY");
	}

	@Test
	void whoHasNoGoAndNamesNoVersionIsToldWhatIsNotTested() throws IOException {
		executable("path/go", "#!/bin/sh\nexit 1\n");
		Path old = executable("path/etcd", ETCD.formatted("3.4.23"));
		CommandResult result = script("etcd");
		assertThat(result.standardOutput().strip()).isEqualTo(old.toString());
		assertThat(result.standardError())
			.contains("testing with etcd 3.4.23 instead of 3.7.3, so not tested: how etcd 3.5.8 and later");
	}

	@Test
	void versionOnThePathIsTakenIfItIsTheOneThatIsAskedFor() throws IOException {
		fakeGo("3.7.3");
		Path path = executable("path/etcd", ETCD.formatted("3.6.16"));
		assertThat(script("etcd@3.6.16").standardOutput().strip()).isEqualTo(path.toString());
		assertThat(script("etcd@3.7.3").standardOutput().strip()).isEqualTo(cached("etcd-3.7.3/etcd"));
	}

	@Test
	void variableNamesAnyVersionUnlessTheCommandNamesAnother() throws IOException {
		fakeGo("3.6.16");
		Path mine = executable("mine", ETCD.formatted("3.9.0"));
		this.environment.put("ETCD_BINARY", mine.toString());
		assertThat(script("etcd").standardOutput().strip()).isEqualTo(mine.toString());
		assertThat(script("etcd@3.9.0").standardOutput().strip()).isEqualTo(mine.toString());
		CommandResult other = script("etcd@3.6.16");
		assertThat(other.standardOutput().strip()).isEqualTo(cached("etcd-3.6.16/etcd"));
		assertThat(other.standardError()).contains("ETCD_BINARY names etcd 3.9.0, not 3.6.16");
	}

	@Test
	void variableThatNamesNoWorkingBinaryIsAnError() {
		this.environment.put("ETCD_BINARY", "/nowhere/etcd");
		assertThat(script("etcd").standardError()).contains("ETCD_BINARY names '/nowhere/etcd'", "correct or unset it");
	}

	@Test
	void versionThatNobodyKnowsIsAnErrorThatNamesTheChoices() {
		CommandResult result = script("consul@1.22.0");
		assertThat(result.exitCode()).isEqualTo(1);
		assertThat(result.standardError()).contains("no consul 1.22.0", "1.8.7 (package), 1.14.11", "CONSUL_BINARY");
	}

	private CommandResult script(String tool) {
		return CommandResult.of(List.of(RegistryBinaries.script(Path.of("").toAbsolutePath()).toString(), tool),
				this.environment, null, Duration.ofMinutes(2));
	}

	private String cached(String path) throws IOException {
		return this.directory.toRealPath().resolve("cache").resolve(path).toString();
	}

	// where it was run, and its arguments
	private List<String> goes() throws IOException {
		return Files.readAllLines(this.directory.resolve("goes"));
	}

	private void fakeGo(String version) throws IOException {
		executable("path/go", """
				#!/bin/sh
				echo "tools/registries/$(basename "$PWD") $*" >> '%s/goes'
				while [ "$1" != -o ]; do shift; done
				mkdir -p "$(dirname "$2")"
				{ echo '#!/bin/sh'; echo "echo 'etcd Version: %s'"; } > "$2"
				chmod +x "$2"
				""".formatted(this.directory, version));
	}

	private Path executable(String name, String text) throws IOException {
		Path file = Files.writeString(this.directory.resolve(name), text);
		assertThat(file.toFile().setExecutable(true)).isTrue();
		return file.toRealPath();
	}

}
