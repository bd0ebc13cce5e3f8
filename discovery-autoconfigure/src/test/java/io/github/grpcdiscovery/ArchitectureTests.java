package io.github.grpcdiscovery;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.GeneralCodingRules;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/**
 * Who may know whom. An arrow of the design is a rule here, so that breaking it breaks
 * the build.
 */
@AnalyzeClasses(packages = ArchitectureTests.ROOT, importOptions = ArchitectureTests.OnlyTheProduct.class)
final class ArchitectureTests {

	static final String ROOT = "io.github.grpcdiscovery";

	private static final String CODEC = ROOT + ".codec..";

	private static final String RECONNECT = ROOT + ".reconnect..";

	private static final String WATCH = ROOT + ".watch..";

	private static final String REGISTRATION = ROOT + ".registration..";

	private static final String RESOLVER = ROOT + ".resolver..";

	private static final String LOAD_BALANCING = ROOT + ".loadbalancing..";

	private static final String RETRY = ROOT + ".retry..";

	private static final String SNAPSHOT = ROOT + ".snapshot..";

	private static final String ETCD = ROOT + ".etcd..";

	private static final String CONSUL = ROOT + ".consul..";

	private static final String LOCAL = ROOT + ".local..";

	private static final String AUTOCONFIGURE = ROOT + ".autoconfigure..";

	@ArchTest
	static final ArchRule theModelNeedsNothingButTheJdk = onlyKnows(ROOT);

	@ArchTest
	static final ArchRule codecKnowsTheModelAndJackson = onlyKnows(CODEC, ROOT, "tools.jackson.core..");

	@ArchTest
	static final ArchRule reconnectKnowsTheModel = onlyKnows(RECONNECT, ROOT, "org.slf4j..");

	@ArchTest
	static final ArchRule watchKnowsReconnect = onlyKnows(WATCH, ROOT, RECONNECT, "org.slf4j..");

	@ArchTest
	static final ArchRule registrationKnowsReconnect = onlyKnows(REGISTRATION, ROOT, RECONNECT, "org.slf4j..");

	@ArchTest
	static final ArchRule resolverKnowsTheModelAndGrpc = onlyKnows(RESOLVER, ROOT, "io.grpc..", "org.slf4j..");

	@ArchTest
	static final ArchRule retryKnowsGrpcAlone = onlyKnows(RETRY, "io.grpc..", "org.slf4j..");

	@ArchTest
	static final ArchRule snapshotKnowsWatch = onlyKnows(SNAPSHOT, ROOT, CODEC, WATCH, "org.slf4j..");

	@ArchTest
	static final ArchRule localKnowsTheCoreOnly = onlyKnows(LOCAL, ROOT, CODEC, RECONNECT, WATCH, REGISTRATION,
			"org.slf4j..");

	@ArchTest
	static final ArchRule etcdSeesNoOtherRegistry = doesNotKnow(ETCD, CONSUL, LOCAL, RESOLVER, LOAD_BALANCING);

	@ArchTest
	static final ArchRule consulSeesNoOtherRegistry = doesNotKnow(CONSUL, ETCD, LOCAL, RESOLVER, LOAD_BALANCING);

	@ArchTest
	static final ArchRule loadBalancingSeesNoRegistry = doesNotKnow(LOAD_BALANCING, ETCD, CONSUL, LOCAL, WATCH,
			REGISTRATION);

	@ArchTest
	static final ArchRule nobodyKnowsTheAutoConfiguration = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackage(AUTOCONFIGURE)
		.should()
		.dependOnClassesThat()
		.resideInAPackage(AUTOCONFIGURE);

	@ArchTest
	static final ArchRule springStaysAtTheEdge = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackage(AUTOCONFIGURE)
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("org.springframework..", "net.devh..", "jakarta..", "io.micrometer..");

	@ArchTest
	static final ArchRule grpcIsKnownWhereItIsSpoken = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackages(RESOLVER, LOAD_BALANCING, RETRY, ETCD, AUTOCONFIGURE)
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.grpc..");

	@ArchTest
	static final ArchRule nobodyUsesTheInternalsOfGrpc = ArchRuleDefinition.noClasses()
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.grpc.internal..");

	@ArchTest
	static final ArchRule theEtcdClientStaysInItsPackage = staysIn("io.etcd..", ETCD);

	@ArchTest
	static final ArchRule theConsulClientStaysInItsPackage = staysIn("com.ecwid..", CONSUL);

	@ArchTest
	static final ArchRule packagesMakeNoCycles = SlicesRuleDefinition.slices()
		.matching(ROOT + ".(*)..")
		.should()
		.beFreeOfCycles();

	@ArchTest
	static final ArchRule autoConfigurationsMakeNoCycles = SlicesRuleDefinition.slices()
		.matching(ROOT + ".autoconfigure.(*)..")
		.should()
		.beFreeOfCycles()
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule fieldsAreNotInjected = GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION;

	@ArchTest
	static final ArchRule slf4jIsTheOnlyLog = GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

	@ArchTest
	static final ArchRule nothingIsPrinted = GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

	@ArchTest
	static final ArchRule nobodySleeps = ArchRuleDefinition.noClasses()
		.should()
		.callMethod(Thread.class, "sleep", long.class)
		.orShould()
		.callMethod(Thread.class, "sleep", long.class, int.class)
		.because("waiting is a timer of the event loop, which tests forward");

	@ArchTest
	static final ArchRule timeIsAParameter = ArchRuleDefinition.noClasses()
		.should()
		.callMethod(System.class, "currentTimeMillis")
		.because("deadlines need a monotonic clock, and people's times come from a Clock");

	private ArchitectureTests() {
	}

	private static ArchRule onlyKnows(String whose, String... others) {
		String[] allowed = new String[others.length + 3];
		System.arraycopy(others, 0, allowed, 0, others.length);
		allowed[others.length] = whose;
		allowed[others.length + 1] = "java..";
		allowed[others.length + 2] = "org.jspecify.annotations..";
		DescribedPredicate<JavaClass> primitives = DescribedPredicate.describe("arrays of primitives",
				(type) -> type.getBaseComponentType().isPrimitive());
		return ArchRuleDefinition.classes()
			.that()
			.resideInAPackage(whose)
			.should()
			.onlyDependOnClassesThat(JavaClass.Predicates.resideInAnyPackage(allowed).or(primitives));
	}

	private static ArchRule doesNotKnow(String whose, String... not) {
		return ArchRuleDefinition.noClasses()
			.that()
			.resideInAPackage(whose)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(not)
			.allowEmptyShould(true);
	}

	private static ArchRule staysIn(String library, String where) {
		return ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackages(where, AUTOCONFIGURE)
			.should()
			.dependOnClassesThat()
			.resideInAPackage(library);
	}

	/** Neither the tests nor what they share with other modules. */
	static final class OnlyTheProduct implements ImportOption {

		@Override
		public boolean includes(Location location) {
			return !location.contains("/test-classes/") && !location.contains("/testsupport/");
		}

	}

}
