/** VS Code's window, by what is seen in it. Everything waits for what is to be there. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { picture } from './browser.mjs';

export class Window {
  constructor(page, world) {
    this.page = page;
    Object.assign(this, world);
  }

  get input() {
    return this.page.locator('.quick-input-widget:visible input').first();
  }

  get status() {
    return this.page.locator('[id="codex-lsp.codex-lsp.codexLsp.status"]');
  }

  /** The editor in front. */
  get editor() {
    return this.page.locator('.editor-group-container.active .monaco-editor').first();
  }

  async begin() {
    await this.page.goto(`${this.url}/?folder=${encodeURIComponent(this.folder)}`);
    await this.page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
  }

  /** Run a command by its words in the palette. */
  async palette(words) {
    await this.page.keyboard.press('F1');
    await this.input.waitFor();
    await this.input.fill(`>${words}`);
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: words }).first().click();
  }

  async open(name) {
    await this.page.keyboard.press('Control+p');
    await this.input.waitFor();
    await this.input.fill(name);
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().click();
    await this.page.locator('.tab.active', { hasText: name }).waitFor();
    await this.editor.locator('.view-line').first().waitFor();
  }

  /** Settings as the person writes them into the file for this machine. */
  set(settings) {
    writeFileSync(this.machine, JSON.stringify({ ...JSON.parse(readFileSync(this.machine, 'utf8')), ...settings }));
  }

  async settle(state) {
    await this.status.filter({ hasText: state }).waitFor();
  }

  /** A notification with these words. */
  message(words) {
    return this.page.locator('.notification-toast', { hasText: words }).first();
  }

  /** Press a button of a notification, and see it go. */
  async press(message, button) {
    await message.getByRole('button', { name: button, exact: true }).click();
    await message.waitFor({ state: 'hidden' });
  }

  /** The buttons in the title of the editor in front. */
  title(words) {
    return this.page.locator('.editor-group-container.active .editor-actions').getByRole('button', { name: words }).first();
  }

  lens(words) {
    return this.page.locator('.editor-group-container.active .codelens-decoration a', { hasText: words });
  }

  /** The text in front as far as it is seen, once it has all of `having` and nothing of `lacking`. */
  async text(having, lacking = []) {
    await this.page.waitForFunction(
      ([has, lacks]) => {
        const lines = document.querySelector('.editor-group-container.active .monaco-editor .view-lines');
        const text = (lines?.innerText ?? '').replace(/\u00a0/g, ' ');
        return has.every((each) => text.includes(each)) && !lacks.some((each) => text.includes(each));
      },
      [having, lacking],
    );
  }

  async until(what, look) {
    const end = Date.now() + 45_000;
    while (!(await look())) {
      if (Date.now() > end) throw new Error(`it did not come to this: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** The server's processes on this machine that were started for this test. */
  servers() {
    return readdirSync('/proc').filter((name) => {
      try {
        const isOurs = readFileSync(`/proc/${name}/environ`, 'utf8').includes(`UI_STORY=${this.folder}\0`);
        return isOurs && readFileSync(`/proc/${name}/cmdline`, 'utf8').endsWith('codex_lsp\0');
      } catch {
        return false; // It is gone, or nothing of ours.
      }
    });
  }

  picture(name) {
    return picture(this.page, name);
  }
}
