/** The extension as one file: everything is bundled, so that nothing is looked up when it runs. */
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;
const dist = join(here, 'dist');

await rm(dist, { recursive: true, force: true });
await mkdir(dist);
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: ['src/extension.ts'],
  outfile: 'dist/extension.js',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['vscode'],
  minify: true,
  keepNames: true,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
});
await writeFile(join(dist, 'NOTICES.txt'), await notices(Object.keys(metafile.inputs)));
await copyFile(join(here, '..', '..', 'LICENSE'), join(here, 'LICENSE'));

/** The licences of what is in the bundle. */
async function notices(inputs) {
  const folders = new Set(inputs.flatMap((each) => each.match(/^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []));
  const parts = [...folders].sort().map(async (folder) => {
    const { name, version, license } = JSON.parse(await readFile(join(here, folder, 'package.json'), 'utf8'));
    const file = (await readdir(join(here, folder))).find((each) => /^licen[cs]e/i.test(each));
    const text = file ? await readFile(join(here, folder, file), 'utf8') : `Licensed under ${license}.\n`;
    return `${name} ${version}\n\n${text.trim()}\n`;
  });
  return (await Promise.all(parts)).join(`\n${'-'.repeat(80)}\n\n`);
}
