package io.github.grpcdiscovery.internal.registration;

import java.net.InetAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CidrTests {

	@ParameterizedTest
	@CsvSource({ "10.0.0.0/8,10.255.1.2,true", "10.0.0.0/8,11.0.0.1,false", "10.1.2.3/16,10.1.9.9,true",
			"192.168.1.128/25,192.168.1.127,false", "192.168.1.128/25,192.168.1.200,true", "0.0.0.0/0,8.8.8.8,true",
			"10.0.0.1,10.0.0.1,true", "10.0.0.1,10.0.0.2,false", "fd00::/8,fd12::1,true", "fd00::/8,fe80::1,false",
			"::/0,10.0.0.1,false", "10.0.0.0/8,fd00::1,false" })
	void rangeHoldsItsAddresses(String range, String address, boolean contained) throws Exception {
		assertThat(Cidr.parse(range).contains(InetAddress.getByName(address))).isEqualTo(contained);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/8", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/-1", "10.0.0.0/33", "fd00::/129",
			"example.org/8", "10.0.0/8", "10.0.0.0/8/8", "fe80::1%eth0/64" })
	void otherTextIsAnErrorThatShowsIt(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> Cidr.parse(text))
			.withMessageStartingWith("network: '" + text.replace("fd00::", "fd00:0:0:0:0:0:0:0") + "' (expected: ");
	}

	@Test
	void showsItselfAsItIsWritten() {
		assertThat(Cidr.parse("10.0.0.0/8")).hasToString("10.0.0.0/8");
	}

}
