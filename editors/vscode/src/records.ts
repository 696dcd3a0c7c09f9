/** The runs on record, to look at one. */
import * as vscode from 'vscode';
import { Server } from './protocol';
import type { Host } from './server/host';

/** A run in a line; `at` is UTC, null what is not on record. */
interface Summary {
  run: string;
  at: string;
  instruction: string;
  path: string;
  reason: string;
  tokens: number | null;
}

export async function showRuns(host: Host): Promise<void> {
  const { runs } = await host.execute<{ runs: Summary[] }>(Server.runs);
  const items = runs.map((each) => ({
    run: each.run,
    label: each.instruction || each.run,
    description: `${each.path} · ${each.reason}`,
    detail: `${each.at}${each.tokens === null ? '' : ` · ${each.tokens} tokens`}`,
  }));
  const placeHolder = items.length ? 'Which one?' : 'None is on record.';
  const chosen = await vscode.window.showQuickPick(items, { title: 'Runs', placeHolder, matchOnDescription: true });
  if (chosen) await host.execute(Server.runs, { run: chosen.run });
}
