#!/bin/sh
# Makes the certificates of this folder anew. They are of tests alone: nobody trusts their authorities.
set -e
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1-key.pem"; }

authority() { # name, common name
  key "$1"
  openssl req -x509 -new -key "$1-key.pem" -days 36500 -subj "/CN=$2" -out "$1.pem"
}

signed() { # name, common name, subject alternative names, authority, first and last moment
  key "$1"
  openssl req -new -key "$1-key.pem" -subj "/CN=$2" -out "$work/csr"
  : >"$work/index.txt"
  echo 01 >"$work/serial"
  printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s/index.txt\nserial=%s/serial\nnew_certs_dir=%s\ndefault_md=sha256\npolicy=p\nx509_extensions=e\n[p]\ncommonName=supplied\n[e]\nsubjectAltName=%s\n' \
    "$work" "$work" "$work" "$3" >"$work/conf"
  openssl ca -batch -notext -config "$work/conf" -cert "$4.pem" -keyfile "$4-key.pem" \
    -startdate "$5" -enddate "$6" -in "$work/csr" -out "$1.pem" 2>/dev/null
}

authority ca 'Calltrail test authority'
authority other-ca 'Another authority'
signed server localhost 'DNS:localhost,IP:127.0.0.1,IP:127.0.0.2,IP:127.0.0.3' ca 20260101000000Z 21260101000000Z
signed client kam1.example.net DNS:kam1.example.net ca 20260101000000Z 21260101000000Z
signed stranger kam9.example.net DNS:kam9.example.net ca 20260101000000Z 21260101000000Z
signed expired kam1.example.net DNS:kam1.example.net ca 20200101000000Z 20210101000000Z
signed foreign kam1.example.net DNS:kam1.example.net other-ca 20260101000000Z 21260101000000Z
rm ca-key.pem other-ca-key.pem
