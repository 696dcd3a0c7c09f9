/** Runs a suite inside the extension host. usage: node host.mjs URL FOLDER SUITE (a folder with package.json and index.js) */
import { launch, newPage, picture } from './browser.mjs';

const SECONDS = 240;
const [url, folder, suite] = process.argv.slice(2);
const { host } = new URL(url);
const browser = await launch();
try {
  const page = await newPage(browser);
  let exit;
  const exited = new Promise((resolve) => {
    exit = resolve;
  });
  await page.exposeFunction('codeAutomationLog', (type, args) => process.env.VSCODE_VERBOSE && console.error(type, ...args));
  await page.exposeFunction('codeAutomationExit', (code) => exit(code));
  const payload = [
    ['extensionDevelopmentPath', `vscode-remote://${host}${suite}`],
    ['extensionTestsPath', `vscode-remote://${host}${suite}/index.js`],
  ];
  await page.goto(`${url}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
  const late = setTimeout(() => exit('no end'), SECONDS * 1000);
  const code = await exited;
  clearTimeout(late);
  await picture(page, 'host');
  if (code !== 0) console.error(`the suite ended with ${code}`);
  process.exitCode = code === 0 ? 0 : 1;
} finally {
  await browser.close();
}
