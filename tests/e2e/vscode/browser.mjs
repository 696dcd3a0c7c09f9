/** Chromium on the workbench, for both suites. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { VSCODE_MODULES, VSCODE_CHROMIUM, VSCODE_LIBRARIES, VSCODE_PICTURES } = process.env;
const { chromium } = createRequire(join(VSCODE_MODULES, 'x.js'))('playwright-core');

export async function launch() {
  const environ = { ...process.env, ...JSON.parse(VSCODE_LIBRARIES) };
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'];
  return chromium.launch({ executablePath: VSCODE_CHROMIUM, headless: true, args, env: environ });
}

export async function newPage(browser) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  if (process.env.VSCODE_VERBOSE) page.on('console', (each) => console.error('console', each.text().slice(0, 300)));
  return page;
}

export function picture(page, name) {
  return page.screenshot({ path: join(VSCODE_PICTURES, `${name}.png`) });
}
