/* Makes the page alive: what is there to do is described in the page itself. */
"use strict";

(() => {
  const course = JSON.parse(document.getElementById("gu-course").textContent);
  if (course.live) {
    GroundUpExercises.build(course.exercises ?? {});
    GroundUpCells.build(course.cells ?? {});
  }
  GroundUpPredictions.build(course.chapter, course.predictions ?? []);
  GroundUpQuizzes.build();
  GroundUpDone.build(course.chapter);
  document.documentElement.dataset.live = "";
})();
