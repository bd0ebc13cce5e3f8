# Part of tools/registry-binary: builds etcd and Consul from their Go modules. Each folder beside this file is a module of
# ours that requires one version of one of them, as a tool; its go.sum has the hashes of all that comes in.

seconds_for_go=1500

in_modules() { # folder: where the tool is in what was built
	printf '%s\n' "$1/$tool"
}

go_build() { # file package
	say "building $(basename -- "$1") $wanted from its Go modules into $cache"
	# Settings of the command line win over GOFLAGS: nothing is resolved anew, and no path of this machine is in it.
	(cd "$modules/$product-$wanted" && GOWORK=off CGO_ENABLED=0 limited "$seconds_for_go" \
		go build -mod=readonly -trimpath -buildvcs=false -ldflags='-s -w' -o "$1" "$2") >> "$work/log" 2>&1
}

build() { # in $work, then moves it to where it belongs
	case $product in
		etcd) go_build "$work/bin/etcd" go.etcd.io/etcd/server/v3 \
			&& go_build "$work/bin/etcdctl" go.etcd.io/etcd/etcdctl/v3 ;;
		consul) go_build "$work/bin/consul" github.com/hashicorp/consul ;;
	esac || {
		tail -n 20 "$work/log" >&2
		say "$title $wanted could not be built (see above)"
		return 1
	}
	is_wanted "$(in_modules "$work/bin")" || {
		say "what was built says that it is $tool '$found_version' (expected: $wanted)"
		return 1
	}
	rm -rf -- "${cache:?}/$product-$wanted"
	mv -- "$work/bin" "$cache/$product-$wanted"
}
