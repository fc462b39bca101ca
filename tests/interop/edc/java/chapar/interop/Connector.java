package chapar.interop;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.edc.boot.system.runtime.BaseRuntime;

/**
 * One EDC on loopback, with everything in memory. Arguments: `id=ID`, a port NAME=NUMBER for each of {@link #PORTS}, and
 * perhaps settings of EDC's own by their full names. Says `ready` when it serves, and ends when its standard input does:
 * nothing is left behind by a judge that dies.
 */
public final class Connector {
    private static final String[] PORTS = {"default", "management", "protocol", "control", "public", "version"};

    private Connector() {}

    public static void main(String[] arguments) {
        Map<String, String> given = new TreeMap<>();
        for (String argument : arguments) {
            int at = argument.indexOf('=');
            given.put(argument.substring(0, at), argument.substring(at + 1));
        }
        settings(given).forEach(System::setProperty);
        endWithInput();
        BaseRuntime.main(new String[] {"--log-level=DEBUG", "--no-color"});
        System.out.println("ready");
    }

    private static Map<String, String> settings(Map<String, String> given) {
        Map<String, String> all = new TreeMap<>();
        for (String name : PORTS) {
            String prefix = name.equals("default") ? "web.http" : "web.http." + name;
            all.put(prefix + ".port", given.get(name));
            all.put(prefix + ".path", name.equals("default") ? "/api" : "/" + name);
        }
        String control = base(given, "control");
        all.put("edc.participant.id", given.get("id"));
        all.put("edc.hostname", "127.0.0.1");
        all.put("edc.dsp.callback.address", base(given, "protocol"));
        all.put("edc.dpf.selector.url", control + "/v1/dataplanes");
        all.put("edc.dataplane.api.public.baseurl", base(given, "public"));
        all.put("edc.transfer.proxy.token.signer.privatekey.alias", DataPlaneKeys.PRIVATE);
        all.put("edc.transfer.proxy.token.verifier.publickey.alias", DataPlaneKeys.PUBLIC);
        given.forEach((name, value) -> {
            if (name.contains(".")) {
                all.put(name, value);
            }
        });
        return all;
    }

    private static String base(Map<String, String> given, String name) {
        return "http://127.0.0.1:" + given.get(name) + "/" + name;
    }

    private static void endWithInput() {
        Thread watch = new Thread(() -> {
            try {
                while (System.in.read() >= 0) {
                    // Whatever is said does not matter: only the end does.
                }
            } catch (IOException why) {
                // An input that cannot be read has ended.
            }
            Runtime.getRuntime().halt(0);
        });
        watch.setDaemon(true);
        watch.start();
    }
}
