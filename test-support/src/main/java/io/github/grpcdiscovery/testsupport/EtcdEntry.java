package io.github.grpcdiscovery.testsupport;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One key as etcd holds it.
 *
 * @param key the key
 * @param value the value
 * @param createRevision revision of the first put since it last did not exist
 * @param modRevision revision of the last put
 * @param version number of puts since it last did not exist
 * @param lease id of the lease it hangs on, in 16 hexadecimal digits as etcdctl prints
 * it; {@code "0"} if none
 */
public record EtcdEntry(String key, String value, long createRevision, long modRevision, long version, String lease) {

	private static final Pattern OBJECT = Pattern.compile("\\{\"key\":[^{}]*}");

	/**
	 * Reads what {@code etcdctl -w json} prints.
	 * @param json the output
	 * @return every key in it, in its order
	 */
	static List<EtcdEntry> parse(String json) {
		return OBJECT.matcher(json).results().map((match) -> parseOne(match.group())).toList();
	}

	static EtcdEntry parseOne(String json) {
		return new EtcdEntry(text(json, "key"), text(json, "value"), number(json, "create_revision"),
				number(json, "mod_revision"), number(json, "version"), lease(number(json, "lease")));
	}

	private static String lease(long id) {
		return (id != 0) ? String.format("%016x", id) : "0";
	}

	/**
	 * Finds a number in JSON.
	 * @param json any JSON
	 * @param field name of the first such field
	 * @return its value; 0 if there is none, as etcd leaves zero out
	 */
	static long number(String json, String field) {
		Matcher matcher = Pattern.compile("\"" + field + "\":(-?\\d+)").matcher(json);
		return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
	}

	private static String text(String json, String field) {
		Matcher matcher = Pattern.compile("\"" + field + "\":\"([^\"]*)\"").matcher(json);
		return matcher.find() ? new String(Base64.getDecoder().decode(matcher.group(1)), StandardCharsets.UTF_8) : "";
	}

}
