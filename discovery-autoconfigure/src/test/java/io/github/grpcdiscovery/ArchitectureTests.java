package io.github.grpcdiscovery;

import java.util.Arrays;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.properties.HasModifiers;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
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

	private static final int MAX_ARGUMENTS = 5;

	private static final String INTERNAL = ROOT + ".internal..";

	private static final String UTIL = ROOT + ".internal.util..";

	private static final String CODEC = ROOT + ".internal.codec..";

	private static final String RECONNECT = ROOT + ".internal.reconnect..";

	private static final String WATCH = ROOT + ".internal.watch..";

	private static final String REGISTRATION = ROOT + ".internal.registration..";

	private static final String LOAD_BALANCING = ROOT + ".internal.loadbalancing..";

	private static final String SUBSET = ROOT + ".internal.subset..";

	private static final String RETRY = ROOT + ".internal.retry..";

	private static final String SPI = ROOT + ".spi";

	private static final String SPI_SUPPORT = ROOT + ".spi.support..";

	private static final String RESOLVER = ROOT + ".resolver..";

	private static final String SNAPSHOT = ROOT + ".snapshot..";

	private static final String ETCD = ROOT + ".etcd..";

	private static final String CONSUL = ROOT + ".consul..";

	private static final String LOCAL = ROOT + ".local..";

	private static final String SPRING = ROOT + ".spring..";

	private static final String AUTOCONFIGURE = ROOT + ".autoconfigure..";

	private static final String NET_DEVH = ROOT + ".autoconfigure.netdevh..";

	private static final String SPRING_GRPC = ROOT + ".autoconfigure.springgrpc..";

	private static final String[] API = { ROOT, SPI, SPI_SUPPORT, RESOLVER, SNAPSHOT, ETCD, CONSUL, LOCAL };

	private static final DescribedPredicate<JavaClass> INTERNALS = JavaClass.Predicates.resideInAPackage(INTERNAL);

	@ArchTest
	static final ArchRule internalsAreForTheCoreAndTheAutoConfigurationAlone = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackages(concat(API, INTERNAL, AUTOCONFIGURE))
		.should()
		.dependOnClassesThat(INTERNALS);

	@ArchTest
	static final ArchRule nothingInternalIsReturnedToAUser = ArchRuleDefinition.noMethods()
		.that()
		.areDeclaredInClassesThat(JavaClass.Predicates.resideInAnyPackage(API).and(publicTypes()))
		.and()
		.arePublic()
		.should()
		.haveRawReturnType(INTERNALS);

	@ArchTest
	static final ArchRule nothingInternalIsAskedOfAUser = ArchRuleDefinition.noCodeUnits()
		.that()
		.areDeclaredInClassesThat(JavaClass.Predicates.resideInAnyPackage(API).and(publicTypes()))
		.and()
		.arePublic()
		.should()
		.haveRawParameterTypes(DescribedPredicate.anyElementThat(INTERNALS));

	@ArchTest
	static final ArchRule publicConstructorsHaveFewArguments = ArchRuleDefinition.noConstructors()
		.that()
		.arePublic()
		.should(new TakeMoreArguments(MAX_ARGUMENTS))
		.because("a value of many components has a builder, and what belongs together is a type");

	@ArchTest
	static final ArchRule theApiNeedsTheJdkAndALog = onlyKnows(ROOT, UTIL, "org.slf4j..");

	@ArchTest
	static final ArchRule utilNeedsNothingButTheJdk = onlyKnows(UTIL);

	@ArchTest
	static final ArchRule subsetNeedsNothingButTheJdk = onlyKnows(SUBSET);

	@ArchTest
	static final ArchRule spiKnowsTheApi = onlyKnows(SPI, ROOT, UTIL, "org.slf4j..");

	@ArchTest
	static final ArchRule spiSupportBringsTheSpiToLife = onlyKnows(SPI_SUPPORT, ROOT, SPI, RECONNECT, WATCH,
			REGISTRATION);

	@ArchTest
	static final ArchRule codecKnowsTheApiAndJackson = onlyKnows(CODEC, ROOT, "tools.jackson.core..");

	@ArchTest
	static final ArchRule reconnectKnowsTheSpi = onlyKnows(RECONNECT, ROOT, UTIL, SPI, "org.slf4j..");

	@ArchTest
	static final ArchRule watchKnowsReconnect = onlyKnows(WATCH, ROOT, UTIL, CODEC, SPI, RECONNECT, "org.slf4j..");

	@ArchTest
	static final ArchRule registrationKnowsReconnect = onlyKnows(REGISTRATION, ROOT, UTIL, SPI, RECONNECT,
			"org.slf4j..");

	@ArchTest
	static final ArchRule resolverKnowsTheApiAndGrpc = onlyKnows(RESOLVER, ROOT, UTIL, "io.grpc..", "org.slf4j..");

	@ArchTest
	static final ArchRule retryKnowsGrpcAlone = onlyKnows(RETRY, "io.grpc..", "org.slf4j..");

	@ArchTest
	static final ArchRule snapshotKnowsTheApi = onlyKnows(SNAPSHOT, ROOT, UTIL, CODEC, "org.slf4j..");

	@ArchTest
	static final ArchRule localKnowsTheCoreOnly = onlyKnows(LOCAL, ROOT, UTIL, CODEC, SPI, RECONNECT, WATCH,
			REGISTRATION, "org.slf4j..");

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
		.resideInAnyPackage(AUTOCONFIGURE, SPRING);

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
	static final ArchRule netDevhStaysInItsPackage = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackage(NET_DEVH)
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("net.devh..", NET_DEVH)
		.because("one stack can be deleted, and its package with it");

	@ArchTest
	static final ArchRule springBootsOwnGrpcStaysInItsPackage = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackage(SPRING_GRPC)
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("org.springframework.grpc..", "org.springframework.boot.grpc..", SPRING_GRPC)
		.because("one stack can be deleted, and its package with it");

	@ArchTest
	static final ArchRule packagesMakeNoCycles = SlicesRuleDefinition.slices()
		.matching(ROOT + ".(**)")
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

	private static String[] concat(String[] some, String... others) {
		return Stream.concat(Arrays.stream(some), Arrays.stream(others)).toArray(String[]::new);
	}

	private static DescribedPredicate<JavaClass> publicTypes() {
		return HasModifiers.Predicates.modifier(JavaModifier.PUBLIC).forSubtype();
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

	private static final class TakeMoreArguments extends ArchCondition<JavaConstructor> {

		private final int max;

		TakeMoreArguments(int max) {
			super("take more than %d arguments", max);
			this.max = max;
		}

		@Override
		public void check(JavaConstructor constructor, ConditionEvents events) {
			int arguments = constructor.getRawParameterTypes().size();
			events.add(new SimpleConditionEvent(constructor, arguments > this.max,
					"%s takes %d arguments".formatted(constructor.getFullName(), arguments)));
		}

	}

	/**
	 * Neither the tests nor what they share with other modules; the published contract is
	 * a product too.
	 */
	static final class OnlyTheProduct implements ImportOption {

		@Override
		public boolean includes(Location location) {
			return !location.contains("/test-classes/") && !location.contains("/testsupport/")
					&& !location.contains("/test/echo/");
		}

	}

}
