import { STORAGE, type StorageName } from "./program.js";

const BYTES = 4;

/** Buffers that hold the arrays of a step, and grow with it. */
export class DeviceMemory {
  readonly uniform: GPUBuffer;
  private readonly made = new Set<GPUBuffer>();
  private readonly buffers = new Map<StorageName, GPUBuffer>();
  /** Those that can be read here, by their bytes; free ones. */
  private readonly readable = new Map<number, GPUBuffer[]>();

  constructor(
    private readonly device: GPUDevice,
    uniformBytes: number,
  ) {
    this.uniform = this.make(uniformBytes, GPUBufferUsage.UNIFORM);
    for (const name of STORAGE) this.buffers.set(name, this.make(BYTES, GPUBufferUsage.STORAGE));
  }

  get storage(): Record<StorageName, GPUBuffer> {
    return Object.fromEntries(this.buffers) as Record<StorageName, GPUBuffer>;
  }

  /** Makes room for so many numbers, zeros; those that were there are lost where there was less. */
  reserve(name: StorageName, length: number): void {
    const bytes = length * BYTES;
    const known = this.buffers.get(name) as GPUBuffer;
    if (known.size >= bytes) return;
    this.made.delete(known);
    known.destroy(); // only once the device is done with it
    const room = Math.min(Math.ceil(1.25 * length) * BYTES, this.device.limits.maxStorageBufferBindingSize);
    this.buffers.set(name, this.make(Math.max(bytes, room), GPUBufferUsage.STORAGE)); // batches differ: not anew for each
  }

  upload(name: StorageName, numbers: Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer>): void {
    this.reserve(name, numbers.length);
    this.device.queue.writeBuffer(this.buffers.get(name) as GPUBuffer, 0, numbers);
  }

  setUniform(numbers: Uint32Array<ArrayBuffer>): void {
    this.device.queue.writeBuffer(this.uniform, 0, numbers);
  }

  /** Reads some numbers of a buffer, as they are once all that was submitted before is done. */
  async read(name: StorageName, begin: number, length: number): Promise<Float32Array> {
    const encoder = this.device.createCommandEncoder();
    const read = this.copyBack(encoder, name, begin, length);
    this.device.queue.submit([encoder.finish()]);
    return read();
  }

  /** Has the device copy some numbers to where they can be read, once what is encoded is submitted. */
  copyBack(
    encoder: GPUCommandEncoder,
    name: StorageName,
    begin: number,
    length: number,
  ): () => Promise<Float32Array> {
    const bytes = length * BYTES;
    const free = this.readable.get(bytes) ?? [];
    this.readable.set(bytes, free);
    const buffer = free.pop() ?? this.make(bytes, GPUBufferUsage.MAP_READ);
    encoder.copyBufferToBuffer(this.buffers.get(name) as GPUBuffer, begin * BYTES, buffer, 0, bytes);
    return async () => {
      await buffer.mapAsync(GPUMapMode.READ);
      const numbers = new Float32Array(buffer.getMappedRange()).slice();
      buffer.unmap();
      free.push(buffer);
      return numbers;
    };
  }

  /** Gives all buffers back, once the device is done with them: V8 does not know how large they are. */
  destroy(): void {
    for (const buffer of this.made) buffer.destroy();
    this.made.clear();
  }

  private make(bytes: number, usage: GPUBufferUsageFlags): GPUBuffer {
    const isRead = usage === GPUBufferUsage.MAP_READ;
    const copies = GPUBufferUsage.COPY_DST | (isRead ? 0 : GPUBufferUsage.COPY_SRC);
    const buffer = this.device.createBuffer({ size: bytes, usage: usage | copies });
    this.made.add(buffer);
    return buffer;
  }
}
