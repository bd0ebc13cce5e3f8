# Part of tools/registry-binary: fetches the packages of Debian and Ubuntu and unpacks them without root. Apt works with
# private lists, so neither an earlier "apt-get update" nor anything under /var is needed or changed. Consul left Debian
# after bullseye (1.8.7): it comes from CONSUL_DEB, else from ../shared/packages beside the repository, else from bullseye
# on the mirror that the system's own apt configuration names.

seconds_for_apt=240
library=faketime/libfaketimeMT.so.1

in_tree() { # folder: where the tool is in an unpacked package
	if [ "$tool" = libfaketime ]; then
		for file in "$1"/usr/lib/*/"$library"; do
			[ ! -f "$file" ] || { printf '%s\n' "$file"; return; }
		done
	fi
	printf '%s\n' "$1/usr/bin/$tool"
}

# The one line for who named no version and gets another one than the newest.
not_the_newest() { # version
	case $product in
		etcd) untested="how etcd 3.5.8 and later answer progress requests, authentication as of 3.5 to 3.7" ;;
		consul) untested="streaming reads (Consul 1.10 and later), filtered lists (1.11 and later)" ;;
	esac
	say "testing with $title $1 instead of $wanted, so not tested: $untested; install Go, $advice"
}

# The file given by -c is read after the system's configuration. "#clear" drops the hooks that distributions and containers run after
# an update, which would touch the system's own cache. Sandbox user root: never change the user, whoever we are.
private_apt() { # state-folder arguments-of-apt-get...
	state=$1
	shift
	mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
	cat > "$state/apt.conf" <<- CONF
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		Dir::State "$state";
		Dir::State::lists "$state/lists";
		Dir::Cache "$state/cache";
		APT::Sandbox::User "root";
		Acquire::Languages "none";
		Acquire::Retries "2";
		Acquire::http::Timeout "20";
		Acquire::https::Timeout "20";
	CONF
	limited "$seconds_for_apt" apt-get -q -c "$state/apt.conf" "$@"
}

unpack() { # files... are unpacked into the work folder
	for deb in "$@"; do
		dpkg-deb -x "$deb" "$work/tree" || return 1
	done
}

fetch_with_apt() { # state-folder apt-options...
	state=$1
	shift
	mkdir -p "$work/debs"
	private_apt "$state" "$@" update >&2 || say "apt-get update had errors; trying all the same"
	# Word splitting is meant: $packages is a list.
	# shellcheck disable=SC2086
	(cd "$work/debs" && private_apt "$state" "$@" download $packages >&2) || return 1
	unpack "$work"/debs/*.deb
}

fetch_from_this_release() {
	say "fetching $packages with apt-get into $cache (no root needed)"
	fetch_with_apt "$work/apt"
}

local_consul_package() {
	if [ -n "${CONSUL_DEB:-}" ]; then
		[ -f "$CONSUL_DEB" ] || fail "CONSUL_DEB names '$CONSUL_DEB', which does not exist; correct or unset it"
		printf '%s\n' "$CONSUL_DEB"
		return
	fi
	for deb in "$root"/../shared/packages/consul_*_"$(dpkg --print-architecture)".deb; do
		[ ! -f "$deb" ] || printf '%s\n' "$deb"
	done | sort | tail -n 1
}

fetch_consul() {
	deb=$(local_consul_package) || exit 1
	if [ -n "$deb" ]; then
		say "unpacking $deb into $cache"
		unpack "$deb" && return 0
		say "$deb cannot be unpacked"
		rm -rf -- "$work/tree"
	fi
	keys=/usr/share/keyrings/debian-archive-keyring.gpg
	if [ ! -r "$keys" ]; then
		say "$keys is missing, so Debian's package cannot be verified"
		return 1
	fi
	say "fetching consul 1.8.7 of Debian bullseye with apt-get into $cache (no root needed)"
	mirrors=$(private_apt "$work/system" update --print-uris | sed -n "s|^'\\(.*\\)/dists/.*|\\1|p" | sort -u)
	number=0
	for mirror in $mirrors; do
		number=$((number + 1))
		sources=$work/bullseye-$number.list
		echo "deb [signed-by=$keys] $mirror bullseye main" > "$sources"
		fetch_with_apt "$work/apt-$number" -o "Dir::Etc::sourcelist=$sources" -o Dir::Etc::sourceparts=/dev/null \
			&& return 0
	done
	return 1
}

fetch() { # the package, into the cache
	have apt-get && have dpkg-deb \
		|| fail "no working $tool found, and packages can be fetched on Debian and Ubuntu alone; install Go or $tool, $advice"
	if [ "$product" = consul ]; then
		fetch_consul
	else
		fetch_from_this_release
	fi || fail "no working $tool found, and its package could not be fetched (see above); install Go or $tool, $advice"
	works "$(in_tree "$work/tree")" || fail "the package of $tool was fetched but does not run here; install Go or $tool, $advice"
	rm -rf -- "${cache:?}/$product"
	mv -- "$work/tree" "$cache/$product"
}
