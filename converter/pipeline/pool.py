"""A pool of processes that says when it is lost, so that another one can take its place."""

from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import BaseContext
from queue import Empty

from pebble import ProcessPool
from pebble.pool.base_pool import Task
from pebble.pool.process import PoolManager


class PoolLostError(BrokenProcessPool):
    """A worker died between two tasks: what it shared with the others, their locks and pipes, may be unusable."""

    is_innocent = True
    """Whether the task that ends with it is not the cause."""


class _Manager(PoolManager):
    """Ends the pool when a worker dies without a task; pebble does so where no other has one, and lets tasks wait.

    Workers have what they share with the parent as long as they live: one that is still starting would miss it aloud.
    """

    def start(self) -> None:
        """Make what workers share; the thread that minds them starts them.

        The one that asks for the pool may be interrupted in the middle of a start, and nobody would know the worker.
        """
        self.worker_manager.create_channels()

    def stop(self) -> None:
        """End the workers, and then what they share."""
        self.worker_manager.force_stop_workers()
        self.worker_manager.close_channels()

    def find_expired_task(self, worker_id: int) -> Task:
        """Return the task that a dead worker had. Raises `PoolLostError` where it had none."""
        try:
            return super().find_expired_task(worker_id)
        except (BrokenProcessPool, LookupError) as error:
            raise PoolLostError(f"worker {worker_id} died without a task") from error

    def handle_broken_pool(self, error: BrokenProcessPool) -> None:
        """Fail all tasks, those that no worker has yet, too: who asks for one would wait for ever."""
        super().handle_broken_pool(PoolLostError(str(error)))
        self.fail_waiting()

    def fail_waiting(self) -> None:
        """Fail the tasks that no worker will take, and have the thread that hands them out end."""
        while True:
            try:
                task = self.context.task_queue.get_nowait()
            except Empty:
                # Who stops the pool may have said so already, and it was taken here: that thread would wait for ever.
                self.context.task_queue.put(None)
                return
            if task is not None:
                self.task_manager.register(task)
                self.task_manager.task_problem(task.id, PoolLostError("no worker is left"))


class Pool(ProcessPool):
    """A pool whose tasks all come to an end, whatever kills its workers."""

    def __init__(self, workers: int, context: BaseContext, initializer: Callable[[], None]) -> None:
        super().__init__(max_workers=workers, context=context, initializer=initializer)
        self._manager = self._pool_manager = _Manager(self._context, context)

    def fail_waiting(self) -> None:
        """Fail the tasks that came too late to a pool that is lost."""
        self._manager.fail_waiting()
