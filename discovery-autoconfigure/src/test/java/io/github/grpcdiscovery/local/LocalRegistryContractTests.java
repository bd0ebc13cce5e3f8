package io.github.grpcdiscovery.local;

import java.nio.file.Path;

import org.junit.jupiter.api.io.TempDir;

import io.github.grpcdiscovery.RegistryContract;
import io.github.grpcdiscovery.RegistryFixture;

class LocalRegistryContractTests extends RegistryContract {

	@TempDir
	Path directory;

	@Override
	protected RegistryFixture newFixture() {
		return new LocalFixture(this.directory);
	}

}
