package io.github.grpcdiscovery.etcd;

import io.etcd.jetcd.api.LeaseGrpc;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EtcdCallInterceptorTests {

	@Test
	void renewalIsKnownByTheNameOfItsMethod() {
		assertThat(EtcdCallInterceptor.RENEW).isEqualTo(LeaseGrpc.getLeaseKeepAliveMethod().getFullMethodName());
	}

}
