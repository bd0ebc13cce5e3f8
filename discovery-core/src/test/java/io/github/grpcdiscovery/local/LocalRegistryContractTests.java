package io.github.grpcdiscovery.local;

import java.nio.file.Path;

import org.junit.jupiter.api.io.TempDir;

import io.github.grpcdiscovery.test.RegistryContract;
import io.github.grpcdiscovery.test.RegistryFixture;

class LocalRegistryContractTests extends RegistryContract {

	@TempDir
	Path directory;

	@Override
	protected RegistryFixture newFixture() {
		return new LocalFixture(this.directory);
	}

}
