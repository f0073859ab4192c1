#!/bin/sh
# Make the secrets that docker-compose.yml mounts, each once, in deploy/secrets/.
# The folder is for its owner alone; the files are readable, because each container has its own user.
set -eu
cd "$(dirname -- "$0")"
umask 077
mkdir -p secrets
cd secrets

random() {
    od -An -v -tx1 -N "$1" /dev/urandom | tr -d ' \n'
}

# keep NAME: store what is piped in, unless it is there already.
keep() {
    if [ -s "$1" ]; then
        cat >/dev/null
    else
        cat >"$1"
    fi
    chmod 644 "$1"
}

random 32 | keep secret_key
random 32 | keep media_key
random 32 | keep index_key
random 24 | keep postgres_password
random 24 | keep valkey_password
random 10 | keep storage_access_key
random 20 | keep storage_secret_key
random 10 | keep ocr_ak
random 20 | keep ocr_sk
random 24 | keep metrics_token

printf 'postgres://permitdesk:%s@postgres:5432/permitdesk' "$(cat postgres_password)" |
    keep database_url
printf 'redis://:%s@valkey:6379/0' "$(cat valkey_password)" | keep broker_url
printf 'requirepass %s\nappendonly yes\nappendfsync everysec\nmaxmemory-policy noeviction\n' \
    "$(cat valkey_password)" | keep valkey_conf
printf '{"identities": [{"name": "permitdesk", "actions": ["Admin"], "credentials": [{"accessKey": "%s", "secretKey": "%s"}]}]}\n' \
    "$(cat storage_access_key)" "$(cat storage_secret_key)" | keep s3_identities
printf '{"projects": {"permitdesk": "local"}, "keys": {"%s": "%s"}, "users": []}\n' \
    "$(cat ocr_ak)" "$(cat ocr_sk)" | keep ocr_credentials

echo "Secrets are in $(pwd)."
