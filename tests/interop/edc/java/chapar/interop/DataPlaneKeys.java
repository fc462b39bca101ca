package chapar.interop;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import org.eclipse.edc.runtime.metamodel.annotation.Inject;
import org.eclipse.edc.spi.EdcException;
import org.eclipse.edc.spi.security.Vault;
import org.eclipse.edc.spi.system.ServiceExtension;
import org.eclipse.edc.spi.system.ServiceExtensionContext;

/**
 * Puts a fresh pair of keys into the vault: the data plane signs its tokens with one and checks them with the other.
 * EDC 0.14.0 has no other way in for a runtime without a vault of its own.
 */
public class DataPlaneKeys implements ServiceExtension {
    static final String PRIVATE = "data-plane-private";
    static final String PUBLIC = "data-plane-public";

    @Inject
    private Vault vault;

    @Override
    public void initialize(ServiceExtensionContext context) {
        KeyPair pair = fresh();
        vault.storeSecret(PRIVATE, pem("PRIVATE KEY", pair.getPrivate()));
        vault.storeSecret(PUBLIC, pem("PUBLIC KEY", pair.getPublic()));
    }

    private static KeyPair fresh() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException why) {
            throw new EdcException(why);
        }
    }

    private static String pem(String label, Key key) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
        return "-----BEGIN " + label + "-----\n" + lines + "\n-----END " + label + "-----\n";
    }
}
