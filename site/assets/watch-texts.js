"use strict";
// What is said about each experiment, and the question before each run with its answer.
{
  const field = "What the network says: orange where class 1 (triangles) is likely, blue where class 0 (dots) is, and the line where both are equally likely. A ring marks a mistake.";
  const units = "Each square is a unit and shows its value over the plane, orange where it is positive. Lines are weights: thick is large, orange is positive, dashed blue is negative. Biases are not drawn.";

  watch.texts = {
    line: {
      name: "linear-regression",
      title: "A line through points",
      about: "200 points lie around a random line. One linear unit, ŷ = w x + b, starts with random numbers. Gradient descent lowers the mean squared error, its loss. An epoch is one step.",
      "field-says": "The points, the line that they were drawn around (dashed) and the line that the unit has learned (orange).",
      "units-say": "The unit: its weight w for x, and its bias b for a constant 1. Thick is large, orange is positive, dashed blue is negative.",
      runs: {
        best: {
          question: "The points scatter around their line with a standard deviation of 0.3. How far can the loss fall?",
          answer: "To about 0.3² = 0.09, the variance of the scatter. This trial ends at 0.066, because its own 200 points happen to scatter less. That it is the best of a hundred says more about these points than about the training.",
        },
        median: {
          question: "When will you no longer see the line move: from epoch 20, 200 or 1000 on?",
          answer: "Near 200. An epoch removes about 2 % of the distance to the goal: 13 % is left after 100 epochs, 2 % after 200.",
        },
        worst: {
          question: "This trial ends with 1.7 times the loss of the best one. Will you see that its line is worse?",
          answer: "No. It lies on the dashed line like the others. Its points scatter more, and no line can change that: all hundred trials end within 0.001 of the best line for their own points, that of least squares.",
        },
      },
    },
    xor: {
      name: "nonlinear-classification",
      title: "XOR",
      about: "Each class lies in two opposite corners, so no straight line separates them. A network with eight hidden units starts with random weights. Gradient descent lowers the cross-entropy of 200 points, its loss. An epoch is one step.",
      "field-says": field,
      "units-say": units,
      runs: {
        best: {
          question: "In which epoch will the network have all 200 points right?",
          answer: "In epoch 7 for the first time. In epoch 8 it has six wrong again, because the first steps are long. Later it has them all, and the loss still falls from 0.1 to 0.0004: the network only becomes surer.",
        },
        median: {
          question: "Will the number of points that are right grow in every epoch?",
          answer: "No. From epoch 5 to 6 it falls from 174 to 162, although the loss falls too, from 0.542 to 0.475. The number only counts on which side of the border each point lies. The loss also measures how sure the network is.",
        },
        worst: {
          question: "This trial ends with twenty times the loss of the median. How many of its 200 points will be wrong?",
          answer: "One. It lies far from the others of its class and alone makes up half of the loss. The other 199 points share the rest.",
        },
      },
    },
    spirals: {
      name: "spirals",
      title: "Two spirals",
      about: "Two arms are wound around each other. A network with three hidden layers of twelve units learns to tell them apart by Adam, gradient descent with a step size of its own for every weight.",
      "field-says": field,
      "units-say": units,
      runs: {
        best: {
          question: "In the first hundred epochs the loss will hardly fall. Is the network stuck?",
          answer: "No. In epoch 95 the loss is 0.659, little better than the 0.693 of a coin toss (ln 2), but the units have been turning all the time. In epoch 199 it is 0.108, and in epoch 230 all points are right. A flat curve does not tell you what comes next.",
        },
        median: {
          question: "Every unit of the first hidden layer has a straight border. In which layer will fields begin to curl?",
          answer: "In the third. The second layer bends borders by adding up straight ones, and the third curls them by adding up bent ones. Each layer is more intricate than the one before it.",
        },
        worst: {
          question: "Where will the last mistake be?",
          answer: "In the middle, where the arms meet: points of both classes lie less than 0.02 apart there. One of 200 points is wrong at the end, and it makes up half of the loss.",
        },
      },
    },
  };
}
