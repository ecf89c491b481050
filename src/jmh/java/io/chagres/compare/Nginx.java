package io.chagres.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** nginx with a configuration and a folder of its own, which answers /plaintext by itself. */
record Nginx(Workshop workshop) {

    private static final String CONFIGURATION = """
            daemon off;
            worker_processes %1$d;
            error_log stderr;
            pid %2$s/pid;
            events { worker_connections 4096; }
            http {
              access_log off;
              keepalive_requests 1000000000;
              client_body_temp_path %2$s/body;
              proxy_temp_path %2$s/proxy;
              fastcgi_temp_path %2$s/fastcgi;
              uwsgi_temp_path %2$s/uwsgi;
              scgi_temp_path %2$s/scgi;
              default_type text/plain;
              server {
                listen 127.0.0.1:%3$d backlog=511%4$s;
                location /plaintext { return 200 "Hello, World!"; }
              }
            }
            """;

    /** Prints the line that the comparison waits for, which nginx does not, when the port can be reached. */
    private static final String START = "nginx -p '%1$s' -c '%1$s/nginx.conf' -e stderr & "
            + "until (: > /dev/tcp/127.0.0.1/%2$d) 2>&-; do sleep 0.05; done; echo listening %2$d; wait";

    List<String> command(int port, int workers) throws IOException {
        Path folder = Files.createDirectories(workshop.file("nginx-" + workers).toAbsolutePath());
        Files.writeString(
                folder.resolve("nginx.conf"),
                String.format(Locale.ROOT, CONFIGURATION, workers, folder, port, workers > 1 ? " reuseport" : ""));
        return List.of("bash", "-c", String.format(Locale.ROOT, START, folder, port));
    }
}
