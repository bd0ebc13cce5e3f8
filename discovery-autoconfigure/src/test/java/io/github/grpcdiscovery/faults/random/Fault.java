package io.github.grpcdiscovery.faults.random;

import java.time.Duration;

import io.github.grpcdiscovery.faults.random.Fleet.Server;

/**
 * What happens to servers, registries and networks, each with what mends it again. The
 * order matters where two happen together: a registry has to run for its entries to be
 * tampered with.
 */
enum Fault {

	ENTRY_IS_DELETED(Kind.ENTRY, 0, 3, (scene, turn) -> {
		scene.registry().delete(turn.one(scene.fleet()).port());
		return Repair.NOTHING;
	}),

	ALL_ENTRIES_ARE_DELETED(Kind.ENTRY, 0, 3, (scene, turn) -> {
		scene.fleet().live().forEach((server) -> scene.registry().delete(server.port()));
		return Repair.NOTHING;
	}),

	/** Twice within three TTL is a conflict, which is retried each minute. */
	ENTRY_IS_OVERWRITTEN(Kind.ENTRY, 0, 3, (scene, turn) -> {
		scene.registry().overwrite(turn.one(scene.fleet()).port());
		return Repair.NOTHING;
	}),

	LEASE_IS_REVOKED(Kind.ENTRY, 0, 3, (scene, turn) -> {
		scene.registry().revokeLease(turn.one(scene.fleet()).port());
		return Repair.NOTHING;
	}),

	GARBAGE_IS_PUT(Kind.ENTRY, 1, 5, (scene, turn) -> {
		scene.registry().putGarbage(turn.of(RegistryInTrouble.GARBAGE));
		return Scene.patiently(scene.registry()::removeForeign);
	}),

	DEAD_ADDRESS_IS_PUT(Kind.ENTRY, 1, 8, (scene, turn) -> {
		scene.registry().putForeign("127.0.0.1", 1);
		return Scene.patiently(scene.registry()::removeForeign);
	}),

	HISTORY_IS_COMPACTED(Kind.ENTRY, 0, 2, (scene, turn) -> {
		scene.registry().compact();
		return Repair.NOTHING;
	}),

	STORE_IS_FULL(Kind.ENTRY, 1, 10, (scene, turn) -> {
		scene.registry().fill();
		return Scene.patiently(scene.registry()::free);
	}),

	SERVER_IS_KILLED(Kind.SERVER, 0, 8, (scene, turn) -> {
		scene.fleet().kill(turn.one(scene.fleet()));
		return scene.fleet()::replenish;
	}),

	SERVER_IS_STOPPED(Kind.SERVER, 3, 8, (scene, turn) -> {
		Server leaving = turn.one(scene.fleet());
		scene.fleet().terminate(leaving);
		return () -> {
			scene.fleet().awaitExit(leaving);
			scene.fleet().replenish();
		};
	}),

	SERVER_IS_REPLACED(Kind.SERVER, 0, 3, (scene, turn) -> {
		Server leaving = turn.one(scene.fleet());
		Server ready = scene.fleet().start();
		return () -> {
			ready.awaitRegistered();
			scene.awaitCalled(ready);
			scene.fleet().terminate(leaving);
			scene.fleet().awaitExit(leaving);
		};
	}),

	SERVER_IS_ADDED(Kind.SERVER, 0, 3, (scene, turn) -> {
		if (scene.fleet().live().size() < Fleet.MOST) {
			scene.fleet().start();
		}
		return Repair.NOTHING;
	}),

	SERVER_HANGS_BRIEFLY(Kind.SERVER, 0.5, 4, (scene, turn) -> {
		Server frozen = turn.one(scene.fleet());
		scene.fleet().pause(frozen);
		return () -> scene.fleet().resume(frozen);
	}),

	/** For longer than the TTL. */
	SERVER_HANGS_LONG(Kind.SERVER, 9, 18, (scene, turn) -> {
		Server frozen = turn.one(scene.fleet());
		scene.fleet().pause(frozen);
		return () -> scene.fleet().resume(frozen);
	}),

	ALL_SERVERS_ARE_STOPPED(Kind.SERVER, 0.5, 6, (scene, turn) -> {
		scene.calls().nobodyServes();
		var leaving = scene.fleet().live();
		leaving.forEach(scene.fleet()::terminate);
		return () -> {
			leaving.forEach(scene.fleet()::awaitExit);
			scene.fleet().replenish();
		};
	}),

	ALL_SERVERS_ARE_KILLED(Kind.SERVER, 0.5, 6, (scene, turn) -> {
		scene.calls().nobodyServes();
		scene.fleet().live().forEach(scene.fleet()::kill);
		return scene.fleet()::replenish;
	}),

	CLIENT_IS_CUT_OFF_FOR_A_MOMENT(Kind.NETWORK, 0, 1, (scene, turn) -> scene.clientsWay().cut()),

	CLIENT_IS_REFUSED(Kind.NETWORK, 1, 15, (scene, turn) -> scene.clientsWay().refuse()),

	CLIENT_GETS_NO_BYTE(Kind.NETWORK, 1, 25, (scene, turn) -> scene.clientsWay().freeze()),

	CLIENT_IS_FAR_AWAY(Kind.NETWORK, 3, 10, (scene, turn) -> scene.clientsWay().delay(turn.millis(50, 2000))),

	SERVERS_ARE_CUT_OFF_FOR_A_MOMENT(Kind.NETWORK, 0, 1, (scene, turn) -> scene.serversWay().cut()),

	SERVERS_ARE_REFUSED(Kind.NETWORK, 1, 15, (scene, turn) -> scene.serversWay().refuse()),

	SERVERS_GET_NO_BYTE(Kind.NETWORK, 1, 25, (scene, turn) -> scene.serversWay().freeze()),

	SERVERS_ARE_FAR_AWAY(Kind.NETWORK, 3, 10, (scene, turn) -> scene.serversWay().delay(turn.millis(50, 1000))),

	REGISTRY_IS_KILLED(Kind.REGISTRY, 0, 20, (scene, turn) -> {
		scene.registry().kill();
		return scene.registry()::start;
	}),

	REGISTRY_HANGS(Kind.REGISTRY, 1, 20, (scene, turn) -> {
		scene.registry().pause();
		return scene.registry()::resume;
	}),

	REGISTRY_FORGETS_EVERYTHING(Kind.REGISTRY, 0, 3, (scene, turn) -> {
		scene.registry().wipe();
		return Repair.NOTHING;
	}),

	ANOTHER_CLIENT_COMES_AND_GOES(Kind.CLIENT, 1, 4, (scene, turn) -> scene.anotherClient());

	private final Kind kind;

	private final double leastSeconds;

	private final double mostSeconds;

	private final Verb verb;

	Fault(Kind kind, double leastSeconds, double mostSeconds, Verb verb) {
		this.kind = kind;
		this.leastSeconds = leastSeconds;
		this.mostSeconds = mostSeconds;
		this.verb = verb;
	}

	Kind kind() {
		return this.kind;
	}

	/**
	 * Lets it happen.
	 * @return what mends it
	 */
	Repair begin(Scene scene, FaultSequence.Turn turn) {
		return this.verb.begin(scene, turn);
	}

	/**
	 * How long it lasts.
	 * @param fraction 0 (inclusive) to 1 (exclusive)
	 */
	Duration length(double fraction) {
		return Duration
			.ofMillis((long) (1000 * (this.leastSeconds + fraction * (this.mostSeconds - this.leastSeconds))));
	}

	/**
	 * How soon after it everything has to be as it should.
	 */
	Duration settles() {
		return Duration.ofSeconds((this == ENTRY_IS_OVERWRITTEN) ? 150 : 60);
	}

	/** What it happens to, in the order in which two faults begin. */
	enum Kind {

		ENTRY, SERVER, NETWORK, REGISTRY, CLIENT

	}

	/** Lets something happen. */
	private interface Verb {

		Repair begin(Scene scene, FaultSequence.Turn turn);

	}

}
