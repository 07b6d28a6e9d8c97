/**
 * The first lines that run. Files are created for their owner alone, and the variables by which an environment can
 * make Node load code, weaken TLS, write files or report elsewhere are gone before anything reads them, for this
 * process and for every child. What Node reads even earlier is settled by the flags inside the executable
 * (scripts/package/sea.ts).
 */
process.umask(0o077)

for (const name of Object.keys(process.env)) {
  if (/^(NODE_|OPENSSL_)/.test(name)) delete process.env[name]
}
