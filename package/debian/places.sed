# Where a checkout in /opt/shocpp has something, and where the Debian package has it.
s|/opt/shocpp/bin/|/usr/bin/|g
s|/opt/shocpp/conf\b|/etc/shocpp|g
s|/opt/shocpp/docs\b|/usr/share/doc/shocpp|g
s|a checkout in /opt/shocpp\(; docs/installation.md says how to get there\)\?|the Debian package|
s|: copy to conf/shocpp.conf||
s|\bdocs/|/usr/share/doc/shocpp/|g
# The home is root's, as a checkout is, and what the service writes its own: systemd makes both.
/^ReadWritePaths=.*accounting$/d
s|^StateDirectory=.*|StateDirectory=shocpp/run shocpp/accounting shocpp/journal|
s|/opt/shocpp\b|/var/lib/shocpp|g
