/** Runs the stories one after another, since they share an editor, and writes down how they ended. */
import { writeFileSync } from 'node:fs';
import { stories } from './stories';
import { World } from './world';

export async function run(): Promise<void> {
  const told: { name: string; ms: number; error?: string }[] = [];
  const world = await World.make();
  for (const [name, story] of Object.entries(stories)) {
    const began = performance.now();
    try {
      await story(world);
      told.push({ name, ms: Math.round(performance.now() - began) });
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      told.push({ name, ms: Math.round(performance.now() - began), error: text });
    }
    writeFileSync(process.env['SUITE_OUT'] ?? '', JSON.stringify(told));
  }
  world.model.down();
}
