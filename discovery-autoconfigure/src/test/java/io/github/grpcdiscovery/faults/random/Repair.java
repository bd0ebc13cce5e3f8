package io.github.grpcdiscovery.faults.random;

/** Mends what has happened, in bounded time. */
interface Repair {

	/** It has mended itself. */
	Repair NOTHING = () -> {
	};

	void mend();

}
