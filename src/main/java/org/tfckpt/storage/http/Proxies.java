package org.tfckpt.storage.http;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a proxy: that of the JVM if it has one ({@code -Dhttps.proxyHost}), otherwise that of the environment variables
 * which curl reads.
 */
final class Proxies {
    private Proxies() {}

    /** A proxy, and an authenticator that answers this proxy only. */
    record Choice(Proxy proxy, Authenticator authenticator) {}

    static Choice choose(HttpUrl.Origin target, Map<String, String> environment) throws IOException {
        Proxy configured = ofJvm(target);
        if (configured != null) {
            return new Choice(configured, new Login(null, null));
        }
        String text = variable(environment, target.scheme() + "_proxy");
        String url = text.isEmpty() ? variable(environment, "all_proxy") : text;
        if (url.isEmpty() || isExcluded(target, variable(environment, "no_proxy"))) {
            return new Choice(Proxy.NO_PROXY, new Login(null, null));
        }
        boolean socks = url.toLowerCase(Locale.ROOT).startsWith("socks");
        try {
            HttpUrl proxy =
                    HttpUrl.parse(socks || !url.contains("://") ? url.replaceFirst("^(?:.*://)?", "http://") : url);
            if (proxy.origin().isHttps()) {
                throw new IllegalArgumentException("a proxy that is itself reached by https is not supported");
            }
            boolean withoutPort = socks && !url.matches(".*:\\d+/?");
            return new Choice(
                    new Proxy(
                            socks ? Proxy.Type.SOCKS : Proxy.Type.HTTP,
                            new InetSocketAddress(
                                    proxy.origin().host(),
                                    withoutPort ? 1080 : proxy.origin().port())),
                    new Login(proxy.origin(), proxy.userInfo()));
        } catch (IllegalArgumentException e) {
            throw new IOException("the proxy in the environment is invalid: " + e.getMessage(), e);
        }
    }

    private static @Nullable Proxy ofJvm(HttpUrl.Origin target) {
        ProxySelector selector = ProxySelector.getDefault();
        if (selector == null) {
            return null;
        }
        try {
            List<Proxy> proxies = selector.select(URI.create(target.toString()));
            return proxies.isEmpty() || proxies.get(0).type() == Proxy.Type.DIRECT ? null : proxies.get(0);
        } catch (IllegalArgumentException hostWithUnderscore) {
            return null;
        }
    }

    /** Returns a variable in lower or upper case. HTTP_PROXY is ignored: a CGI script has the header Proxy in it. */
    private static String variable(Map<String, String> environment, String name) {
        String lower = environment.get(name);
        String upper = name.equals("http_proxy") ? null : environment.get(name.toUpperCase(Locale.ROOT));
        return lower != null && !lower.isBlank() ? lower.strip() : upper == null ? "" : upper.strip();
    }

    private static boolean isExcluded(HttpUrl.Origin target, String exclusions) {
        return Arrays.stream(exclusions.split("[,\\s]+", -1)).anyMatch(entry -> matches(target, entry));
    }

    private static boolean matches(HttpUrl.Origin target, String entry) {
        if (entry.contains("/")) {
            return isInNetwork(target.host(), entry);
        }
        String name = entry.toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", "");
        String host = target.host().replaceAll("[\\[\\]]", "");
        boolean same = List.of(host, target.host() + ":" + target.port()).stream()
                .anyMatch(form -> form.equals(name) || form.endsWith("." + name));
        return entry.equals("*") || (same && !name.isEmpty());
    }

    /** Returns whether a host is an address in a network such as {@code 10.0.0.0/8}. */
    private static boolean isInNetwork(String host, String network) {
        String address = network.substring(0, network.indexOf('/'));
        String bits = network.substring(network.indexOf('/') + 1);
        if (!isAddress(host) || !isAddress(address) || !bits.matches("\\d{1,3}")) {
            return false;
        }
        try {
            byte[] a = InetAddress.getByName(host).getAddress();
            byte[] b = InetAddress.getByName(address).getAddress();
            boolean same = a.length == b.length && Integer.parseInt(bits) <= a.length * 8;
            for (int bit = 0; same && bit < Integer.parseInt(bits); bit++) {
                same = ((a[bit / 8] ^ b[bit / 8]) & (0x80 >> (bit % 8))) == 0;
            }
            return same;
        } catch (UnknownHostException notAnAddress) {
            return false;
        }
    }

    /** Names must not be looked up. */
    private static boolean isAddress(String host) {
        return host.matches("[0-9.]+") || host.contains(":");
    }

    /** Without this, {@link java.net.HttpURLConnection} would ask the authenticator of the JVM. */
    private static final class Login extends Authenticator {
        private final HttpUrl.@Nullable Origin proxy;
        private final @Nullable String userInfo;

        Login(HttpUrl.@Nullable Origin proxy, @Nullable String userInfo) {
            this.proxy = proxy;
            this.userInfo = userInfo;
        }

        @Override
        protected @Nullable PasswordAuthentication getPasswordAuthentication() {
            boolean asked = proxy != null
                    && userInfo != null
                    && getRequestorType() == RequestorType.PROXY
                    && proxy.host().equalsIgnoreCase(getRequestingHost())
                    && proxy.port() == getRequestingPort();
            if (!asked) {
                return null;
            }
            String[] parts = HttpUrl.decoded(String.valueOf(userInfo)).split(":", 2);
            return new PasswordAuthentication(parts[0], (parts.length > 1 ? parts[1] : "").toCharArray());
        }
    }
}
