import type { Kernel } from "./kernel.js";
import {
  type Constants,
  type Count,
  countOf,
  placed,
  RATES,
  type Rates,
  SIZES,
  type Sizes,
} from "./notation.js";

/** Workgroups in one dimension of a call; more are laid out in two. */
const MOST_GROUPS = 32768;
const BYTES = 4;
const VECTOR_BYTES = 16;

/** What kernels name beside the arrays of a batch. */
export interface Names {
  readonly wholeConstants: Constants;
  readonly realConstants: Constants;
  /** Arrays of whole numbers, and of real ones, that are uploaded for each step. */
  readonly ints: readonly string[];
  readonly floats: readonly string[];
  /** Arrays that kernels leave for each other, and how long they are. */
  readonly scratch: Readonly<Record<string, Count>>;
  /** Where weights stand among all. */
  readonly weights: ReadonlyMap<string, number>;
}

/** Where the arrays of one step stand. */
export type Places = ReadonlyMap<string, number>;

/** Buffers in the order of their bindings. The first three are of one step, the others stay. */
export const STORAGE = [
  "ints",
  "floats",
  "scratch",
  "weights",
  "gradients",
  "first",
  "second",
  "averages",
] as const;
export type StorageName = (typeof STORAGE)[number];
const isInput = (name: StorageName): boolean => name === "ints" || name === "floats";

/** Dawn compiles no kernel again while it is held: seeds, and most sizes of a learning curve, have the same ones. */
const lastOf = new WeakMap<GPUDevice, Program>();

/** Kernels that are compiled for a device. */
export class Program {
  private constructor(
    private readonly device: GPUDevice,
    private readonly names: Names,
    private readonly kernels: readonly Kernel[],
    private readonly pipelines: readonly GPUComputePipeline[],
    private readonly layout: GPUBindGroupLayout,
  ) {}

  /** @throws Error what the driver says of a kernel, with its name */
  static async compile(device: GPUDevice, kernels: readonly Kernel[], names: Names): Promise<Program> {
    const layout = bindGroupLayout(device);
    const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [layout] });
    const buffers = bufferNames(names);
    const pipelines = await Promise.all(
      kernels.map(({ name: label, code }) => {
        const module = device.createShaderModule({
          label,
          code: headOf(names, code) + placed(code, buffers),
        });
        return device.createComputePipelineAsync({
          label,
          layout: pipelineLayout,
          compute: { module, entryPoint: "main" },
        });
      }),
    );
    const program = new Program(device, names, kernels, pipelines, layout);
    lastOf.set(device, program);
    return program;
  }

  /** Numbers that all arrays of {@link Names.scratch} need for a batch, and where each begins. */
  scratchOf(sizes: Sizes): { readonly places: Places; readonly length: number } {
    const known = { ...this.names.wholeConstants, ...sizes };
    const places = new Map<string, number>();
    let length = 0;
    for (const [name, count] of Object.entries(this.names.scratch)) {
      places.set(name, length);
      length += countOf(count, known);
    }
    return { places, length };
  }

  /** What kernels know as `step`. */
  uniform(sizes: Sizes, rates: Rates, places: Places): Uint32Array<ArrayBuffer> {
    const numbers = new Uint32Array(this.uniformBytes / BYTES);
    const reals = new Float32Array(numbers.buffer);
    SIZES.forEach((name, i) => {
      numbers[i] = sizes[name];
    });
    RATES.forEach((name, i) => {
      reals[SIZES.length + i] = rates[name];
    });
    arrayNames(this.names).forEach((name, i) => {
      numbers[SIZES.length + RATES.length + i] = places.get(name) as number;
    });
    return numbers;
  }

  bindGroup(uniform: GPUBuffer, storage: Readonly<Record<StorageName, GPUBuffer>>): GPUBindGroup {
    const buffers = [uniform, ...STORAGE.map((name) => storage[name])];
    const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
    return this.device.createBindGroup({ layout: this.layout, entries });
  }

  /** Tells the device to run all kernels, one after the other. */
  encode(encoder: GPUCommandEncoder, group: GPUBindGroup, sizes: Sizes): void {
    const known = { ...this.names.wholeConstants, ...sizes };
    const pass = encoder.beginComputePass();
    pass.setBindGroup(0, group);
    this.kernels.forEach(({ groups }, i) => {
      const [x = 0, y] = groups.map(({ count, per }) => Math.ceil(countOf(count, known) / per));
      if (x === 0 || y === 0) return;
      pass.setPipeline(this.pipelines[i] as GPUComputePipeline);
      if (y === undefined) pass.dispatchWorkgroups(Math.min(x, MOST_GROUPS), Math.ceil(x / MOST_GROUPS));
      else pass.dispatchWorkgroups(x, y);
    });
    pass.end();
  }

  /** Of {@link uniform}: whole vectors of four numbers. */
  get uniformBytes(): number {
    return VECTOR_BYTES * Math.ceil((BYTES * uniformFields(this.names).length) / VECTOR_BYTES);
  }
}

/** What stands before a kernel: all that it may name, of constants those that it does. */
function headOf(names: Names, code: string): string {
  const isNamed = ([name]: [string, number]): boolean => new RegExp(`\\b${name}\\b`).test(code);
  const fields = uniformFields(names).map((name) => `${name}: ${isRate(name) ? "f32" : "u32"},`);
  const access = (name: StorageName): string => (isInput(name) ? "read" : "read_write");
  const bindings = STORAGE.map(
    (name, i) =>
      `@group(0) @binding(${i + 1}) var<storage, ${access(name)}> ${name}: array<${name === "ints" ? "u32" : "f32"}>;`,
  );
  return [
    `struct Step { ${fields.join(" ")} }`,
    "@group(0) @binding(0) var<uniform> step: Step;",
    ...bindings,
    ...Object.entries(names.wholeConstants)
      .filter(isNamed)
      .map(([name, value]) => `const ${name} = ${value}u;`),
    ...Object.entries(names.realConstants)
      .filter(isNamed)
      .map(([name, value]) => `const ${name} = f32(${value});`),
    "",
  ].join("\n");
}

const isRate = (name: string): boolean => (RATES as readonly string[]).includes(name);

function arrayNames({ ints, floats, scratch }: Names): string[] {
  return [...ints, ...floats, ...Object.keys(scratch)];
}

function uniformFields(names: Names): string[] {
  return [...SIZES, ...RATES, ...arrayNames(names).map((name) => `at_${name}`)];
}

/** What stands for the name of an array. */
function bufferNames({ ints, floats, scratch, weights }: Names): Map<string, string> {
  const places = new Map<string, string>();
  const add = (name: string, place: string): void => {
    if (places.has(name)) throw new RangeError(`two arrays have the name ${name}`);
    places.set(name, place);
  };
  for (const name of ints) add(name, `ints[step.at_${name}`);
  for (const name of floats) add(name, `floats[step.at_${name}`);
  for (const name of Object.keys(scratch)) add(name, `scratch[step.at_${name}`);
  for (const [name, place] of weights) {
    add(name, `weights[${place}u`);
    add(`grad_${name}`, `gradients[${place}u`);
  }
  return places;
}

function bindGroupLayout(device: GPUDevice): GPUBindGroupLayout {
  const types: GPUBufferBindingType[] = [
    "uniform",
    ...STORAGE.map((name) => (isInput(name) ? "read-only-storage" : "storage")),
  ];
  const entries = types.map((type, binding) => ({
    binding,
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type },
  }));
  return device.createBindGroupLayout({ entries });
}
