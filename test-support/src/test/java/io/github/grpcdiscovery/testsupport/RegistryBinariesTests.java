package io.github.grpcdiscovery.testsupport;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class RegistryBinariesTests {

	@Test
	void findsEveryTool() {
		assertThat(RegistryBinaries.etcd()).isExecutable().isAbsolute();
		assertThat(RegistryBinaries.etcdctl()).isExecutable().isAbsolute();
		assertThat(RegistryBinaries.consul()).isExecutable().isAbsolute();
	}

	@Test
	void saysWhereToRunWhenOutsideTheRepository(@TempDir Path elsewhere) {
		assertThatIllegalStateException().isThrownBy(() -> RegistryBinaries.script(elsewhere))
			.withMessageContaining(elsewhere.toString())
			.withMessageContaining("run the tests inside the repository");
	}

}
