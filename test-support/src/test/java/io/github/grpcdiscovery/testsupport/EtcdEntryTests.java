package io.github.grpcdiscovery.testsupport;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EtcdEntryTests {

	@Test
	void leaseIsWrittenAsEtcdctlPrintsIt() {
		assertThat(parse("\"lease\":255").lease()).isEqualTo("00000000000000ff");
		assertThat(parse("\"version\":1").lease()).isEqualTo("0");
	}

	@Test
	void missingNumberAndValueAreEmpty() {
		EtcdEntry entry = parse("\"mod_revision\":7");
		assertThat(entry).isEqualTo(new EtcdEntry("/a", "", 0, 7, 0, "0"));
	}

	private static EtcdEntry parse(String field) {
		return EtcdEntry.parse("{\"header\":{\"revision\":9},\"kvs\":[{\"key\":\"L2E=\"," + field + "}],\"count\":1}")
			.get(0);
	}

}
