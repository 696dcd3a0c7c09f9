/** What a person does and sees, told as one story. usage: node ui.mjs URL FOLDER PROGRAM SETTINGS.json OUT.json */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NAME, TEXT } from './basket.mjs';
import { launch, newPage, picture } from './browser.mjs';
import { scriptedModel } from './endpoint.mjs';
import { stories } from './ui_stories.mjs';
import { Window } from './window.mjs';

const [url, folder, program, machine, out] = process.argv.slice(2);
writeFileSync(join(folder, NAME), TEXT);
const model = await scriptedModel();
const browser = await launch();
const told = [];
try {
  const page = await newPage(browser);
  const window = new Window(page, { url, folder, program, hold: `${program}.hold`, machine, model });
  for (const [name, story] of Object.entries(stories)) {
    const began = performance.now();
    const outcome = { name };
    try {
      await story(window);
    } catch (error) {
      await picture(page, `failed-${name}`);
      outcome.error = error.stack ?? String(error);
    }
    told.push({ ...outcome, ms: Math.round(performance.now() - began) });
    writeFileSync(out, JSON.stringify(told));
    // What comes next stands on this one.
    if (outcome.error) break;
  }
} finally {
  await browser.close();
  model.down();
}
