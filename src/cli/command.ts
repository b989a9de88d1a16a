import type { ArgumentsCamelCase, Argv, CommandModule } from "yargs";

/** A command's options and what it does; its name and description stand in main.ts. */
export interface Command<Arguments> {
  readonly builder: (yargs: Argv<object>) => Argv<Arguments>;
  readonly handler: (argv: ArgumentsCamelCase<Arguments>) => void | Promise<void>;
}

/** A command whose file is loaded once it is named, so that the others cost nothing. */
export function lazyCommand<Arguments>(
  command: string,
  describe: string,
  load: () => Promise<Command<Arguments>>,
): CommandModule<object, Arguments> {
  return {
    command,
    describe,
    builder: async (yargs) => (await load()).builder(yargs),
    handler: async (argv) => (await load()).handler(argv),
  };
}
