"use strict";
// What is said about each experiment, and the question before each run with its answer. A test checks the numbers.
watch.texts = {
  line: {
    name: "linear-regression",
    title: "A line through points",
    about: "200 points lie around a random line. A single linear unit, ŷ = w x + b, starts with random numbers and descends the mean squared error, 0.01 times the gradient in each epoch.",
    "field-says": "The points, the line that made them (dashed) and the line that the unit has learned (orange).",
    "units-say": "The unit: its weight w from x, its bias b from a constant 1. Thick is large, orange is positive, dashed blue is negative.",
    runs: {
      best: {
        question: "The points scatter around their line with a standard deviation of 0.3. Below which loss can no line come?",
        answer: "About 0.3² = 0.09, the variance of the scatter. This trial ends at 0.066, because its 200 points happen to scatter less. Best of a hundred tells more about the points here than about the training.",
      },
      median: {
        question: "When will the line have stopped moving, as far as an eye can see: at epoch 20, 200 or 1000?",
        answer: "Near 200. Each epoch takes away some 2 % of what is left between the line and its goal: 13 % are left after 100 epochs, 2 % after 200. The rest is invisible.",
      },
      worst: {
        question: "This trial ends with 1.7 times the loss of the best one. Is its line that much worse?",
        answer: "No: it lies on the dashed line. Its points scatter more, and that no line can mend. All hundred trials end where least squares does, within 0.001.",
      },
    },
  },
  xor: {
    name: "nonlinear-classification",
    title: "XOR",
    about: "Two classes in opposite corners: no straight line separates them. A network of eight hidden units starts with random weights and descends the cross-entropy of 200 points.",
    "field-says": "What the network believes: orange for class 1 (triangles), blue for class 0 (dots), the line where both are equally likely. A ring is a mistake.",
    "units-say": "The network, from the coordinates through eight hidden units to the two classes, each unit with its own field. Lines are weights: thick is large, orange is positive, dashed blue is negative. Biases are not drawn.",
    runs: {
      best: { question: "In which epoch will it have found all four corners?", answer: "" },
      median: { question: "How many of eight?", answer: "" },
      worst: { question: "Its loss ends twenty times above the median. How many of its 200 points will it get wrong in the end?", answer: "" },
    },
  },
  spirals: {
    name: "spirals",
    title: "Two spirals",
    about: "Two arms wound around each other. A network of three hidden layers with twelve units each learns them with Adam.",
    "field-says": "What the network believes: orange for class 1 (triangles), blue for class 0 (dots), the line where both are equally likely. A ring is a mistake.",
    "units-say": "The network, from the coordinates through three hidden layers to the two classes, each unit with its own field. Lines are weights: thick is large, orange is positive, dashed blue is negative. Biases are not drawn.",
    runs: {
      best: { question: "In which layer will fields begin to curl?", answer: "" },
      median: { question: "…", answer: "" },
      worst: { question: "…", answer: "" },
    },
  },
};
