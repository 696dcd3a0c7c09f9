/** Puts what the server says of its settings (configuration.json) into package.json. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const read = async (name) => JSON.parse(await readFile(join(import.meta.dirname, name), 'utf8'));
const [made, manifest] = [await read('configuration.json'), await read('package.json')];
const ours = made.contributes.configuration.properties;
const { configuration } = manifest.contributes;
// Those with an order are the client's own, and come first; none of the server's stays that is not one any more.
const own = Object.entries(configuration.properties).filter(([name, { order }]) => !(name in ours) && order !== undefined);
configuration.properties = { ...Object.fromEntries(own), ...ours };
manifest.capabilities = { ...manifest.capabilities, ...made.capabilities };
await writeFile(join(import.meta.dirname, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
