/** Bundles each test and runs them all; none of them needs an editor. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;
const made = await mkdtemp(join(here, '..', 'node_modules', '.test-'));
try {
  const tests = (await readdir(here)).filter((each) => each.endsWith('.test.ts'));
  await build({
    entryPoints: tests.map((each) => join(here, each)),
    outdir: made,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  const files = tests.map((each) => join(made, each.replace(/\.ts$/, '.mjs')));
  process.exitCode = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...files], { stdio: 'inherit' }).status ?? 1;
} finally {
  await rm(made, { recursive: true });
}
